import type { Token } from './syntax/lexer.ts'
import { tokenize } from './syntax/lexer.ts'
import { TemplateSource } from './syntax/source.ts'

/** A `{% for %}` that stands in no other. Places are UTF-16 units of the template's source. */
export interface OuterLoop {
  readonly startChar: number
  readonly endChar: number
  /** Behind the `%}` of `{% for %}`. */
  readonly bodyStartChar: number
  /** At the `{%` of `{% endfor %}`. */
  readonly bodyEndChar: number
  /** `-` or `+` where the tag at either end of the body has it. */
  readonly startControl: string
  readonly endControl: string
  /** Its variable, where it has one alone. */
  readonly target: string | undefined
  /** Whether its text is what it writes and no more: no `else` of its own, and no `break` or `continue`. */
  readonly isPlain: boolean
}

/** The outer loops of a template, in order. @throws TemplateError `template/syntax` */
export function findOuterLoops(source: string): OuterLoop[] {
  const { text } = new TemplateSource(source, 'template')
  const tokens = tokenize(new TemplateSource(source, 'template'))
  const loops: OuterLoop[] = []
  const open: string[] = []
  let begun: { begin: Token; end: Token; target: string | undefined; isPlain: boolean } | undefined
  for (const [t, begin] of tokens.entries()) {
    if (begin.kind !== 'tag-begin') continue
    const { value: tag } = tokens[t + 1]!
    const end = tokens.slice(t).find(({ kind }) => kind === 'tag-end')!
    if (tag === 'for' && !open.includes('for'))
      begun = { begin, end, target: toTarget(tokens, t + 2), isPlain: true }
    const isDirect = open.filter(name => name === 'for').length === 1
    const isOwnElse = tag === 'else' && open.at(-1) === 'for'
    if (begun !== undefined && isDirect && (isOwnElse || tag === 'break' || tag === 'continue'))
      begun.isPlain = false
    if (tag === 'for' || tag === 'if') open.push(tag)
    if (tag === 'endif') open.pop()
    if (tag !== 'endfor') continue
    open.pop()
    if (begun === undefined || open.includes('for')) continue
    loops.push(toLoop(text, begun, begin, end))
    begun = undefined
  }
  return loops
}

function toTarget(tokens: readonly Token[], t: number): string | undefined {
  return tokens[t + 1]?.value === 'in' ? tokens[t]!.value : undefined
}

function toLoop(
  text: string,
  { begin, end, target, isPlain }: { begin: Token; end: Token; target: string | undefined; isPlain: boolean },
  last: Token,
  lastEnd: Token,
): OuterLoop {
  const bodyStartChar = text.indexOf('%}', end.start) + 2
  const bodyEndChar = text.indexOf('{%', last.start)
  return {
    startChar: begin.start,
    endChar: text.indexOf('%}', lastEnd.start) + 2,
    bodyStartChar,
    bodyEndChar,
    startControl: toControl(text[bodyStartChar - 3]),
    endControl: toControl(text[bodyEndChar + 2]),
    target,
    isPlain,
  }
}

function toControl(unit: string | undefined): string {
  return unit === '-' || unit === '+' ? unit : ''
}
