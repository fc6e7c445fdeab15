import type { TemplatePlace } from './rendered.ts'
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
  /** `-` or `+` where the tag has it: at either end of the body, and behind `{% endfor %}`. */
  readonly startControl: string
  readonly endControl: string
  readonly afterControl: string
  /** What an iteration is about: the loop's variable, or of a loop over positions what stands there (`messages[i]`). */
  readonly item: string | undefined
  /** Why what an iteration writes can't be caught, if it can't: an `else` of the loop's own, or a `break` or `continue` behind something written. */
  readonly obstacle: LoopObstacle | undefined
  /** Whether it stands in no other block. */
  readonly isTop: boolean
  /** Whether what it writes is caught: in a macro, a filter, a variable. */
  readonly isCaught: boolean
}

export interface LoopObstacle {
  readonly tag: 'else' | 'break' | 'continue'
  readonly place: TemplatePlace
}

/** The outer loops of a template, in order. @throws TemplateError `template/syntax` */
export function findOuterLoops(source: string): OuterLoop[] {
  const template = new TemplateSource(source, 'template')
  const { text } = template
  const tokens = tokenize(template)
  const loops: OuterLoop[] = []
  const open: string[] = []
  let begun: Begun | undefined
  for (const [t, begin] of tokens.entries()) {
    if (begin.kind !== 'tag-begin') continue
    const { value: tag } = tokens[t + 1]!
    const end = tokens.findIndex(({ kind }, at) => at > t && kind === 'tag-end')
    if (tag === 'for' && !open.includes('for'))
      begun = { begin, firstToken: t + 2, bodyToken: end + 1, blocks: [...open], obstacle: undefined }
    const isDirect = open.filter(name => name === 'for').length === 1
    if (begun !== undefined && isDirect && isObstacle(tag, open, tokens.slice(begun.bodyToken, t)))
      begun.obstacle ??= { tag, place: template.place(begin.start, tokens[end]!.end) }
    if (opensBlock(tag, tokens.slice(t, end))) open.push(tag)
    if (!tag.startsWith('end')) continue
    open.pop()
    if (tag !== 'endfor' || begun === undefined || open.includes('for')) continue
    loops.push(toLoop(text, tokens, begun, { firstToken: t, endToken: end }))
    begun = undefined
  }
  return loops
}

interface Begun {
  readonly begin: Token
  readonly firstToken: number
  readonly bodyToken: number
  readonly blocks: readonly string[]
  obstacle: LoopObstacle | undefined
}

const BLOCKS = new Set(['for', 'if', 'macro', 'call', 'filter', 'generation'])

function opensBlock(tag: string, tokens: readonly Token[]): boolean {
  return BLOCKS.has(tag) || (tag === 'set' && !tokens.some(({ kind }) => kind === '='))
}

/** @param before what stands between the body's start and the tag */
function isObstacle(
  tag: string,
  open: readonly string[],
  before: readonly Token[],
): tag is LoopObstacle['tag'] {
  if (tag === 'else') return open.at(-1) === 'for'
  return (tag === 'break' || tag === 'continue') && before.some((token, t) => writes(token, before[t + 1]))
}

function writes({ kind }: Token, next: Token | undefined): boolean {
  return kind === 'data' || (kind === 'print-begin' && next?.value !== 'raise_exception')
}

function toLoop(
  text: string,
  tokens: readonly Token[],
  { begin, firstToken, bodyToken, blocks, obstacle }: Begun,
  last: { readonly firstToken: number; readonly endToken: number },
): OuterLoop {
  const bodyStartChar = text.indexOf('%}', tokens[bodyToken - 1]!.start) + 2
  const bodyEndChar = text.indexOf('{%', tokens[last.firstToken]!.start)
  const endChar = text.indexOf('%}', tokens[last.endToken]!.start) + 2
  return {
    startChar: begin.start,
    endChar,
    bodyStartChar,
    bodyEndChar,
    startControl: toControl(text[bodyStartChar - 3]),
    endControl: toControl(text[bodyEndChar + 2]),
    afterControl: toControl(text[endChar - 3]),
    item: toItem(tokens, firstToken, tokens.slice(bodyToken, last.firstToken)),
    obstacle,
    isTop: blocks.length === 0,
    isCaught: blocks.some(tag => tag !== 'if'),
  }
}

function toItem(tokens: readonly Token[], t: number, body: readonly Token[]): string | undefined {
  const [target, word, over] = tokens.slice(t, t + 3)
  if (word?.value !== 'in') return undefined
  if (over?.value !== 'range') return target!.value
  const at = body.findIndex(
    ({ kind }, b) => kind === '[' && body[b + 1]?.value === target!.value && body[b + 2]?.kind === ']',
  )
  return body[at - 1]?.kind === 'name' ? `${body[at - 1]!.value}[${target!.value}]` : undefined
}

function toControl(unit: string | undefined): string {
  return unit === '-' || unit === '+' ? unit : ''
}
