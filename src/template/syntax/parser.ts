import type {
  Expression,
  FilterNode,
  ForNode,
  IfNode,
  OutputNode,
  Parameter,
  SetBlockNode,
  SetNode,
  Statement,
  Target,
  TemplateNode,
  TextNode,
  WithNode,
} from './ast.ts'
import { type Token, tokenize } from './lexer.ts'
import { ExpressionParser } from './parse-expression.ts'
import type { TemplateSource } from './source.ts'
import { TokenStream } from './token-stream.ts'

/** How deep tags may lie within one another. */
const MAX_DEPTH = 100

/**
 * The tree of a template, in the language that transformers sets up: Jinja2 3.1 with loop controls and `{% generation %}`.
 *
 * @throws TemplateError `template/syntax` with line and column
 */
export function parseTemplate(source: TemplateSource): TemplateNode {
  const stream = new TokenStream(tokenize(source), source)
  const body = new Parser(stream).statements([])
  return { kind: 'template', body, start: 0, end: source.text.length }
}

type Parse = (parser: Parser, start: Token) => Statement

class Parser {
  readonly stream: TokenStream
  readonly expressions: ExpressionParser
  /** The tags that are open, for the error's words. */
  readonly #open: Token[] = []

  constructor(stream: TokenStream) {
    this.stream = stream
    this.expressions = new ExpressionParser(stream)
  }

  /** Statements up to one of the end tags, whose name is then the current token; up to the template's end where there are none. */
  statements(endTags: readonly string[]): Statement[] {
    const { stream } = this
    const body: Statement[] = []
    let items: (TextNode | Expression)[] = []
    const flush = () => {
      if (items.length > 0) body.push(toOutput(items))
      items = []
    }
    while (!stream.is('end')) {
      const token = stream.take()
      if (token.kind === 'data') {
        items.push({ kind: 'text', text: token.value, start: token.start, end: token.end })
      } else if (token.kind === 'print-begin') {
        items.push(this.expressions.tuple())
        stream.expect('print-end')
      } else {
        flush()
        if (stream.isName(...endTags)) return body
        body.push(this.#statement(endTags))
        stream.expect('tag-end')
      }
    }
    if (endTags.length > 0) {
      const open = this.#open.at(-1)
      const opened = open === undefined ? '' : `{% ${open.value} %} is never closed: `
      throw stream.fail(
        `${opened}expected ${endTags.map(tag => `{% ${tag} %}`).join(' or ')}`,
        open ?? stream.current,
      )
    }
    flush()
    return body
  }

  #statement(endTags: readonly string[]): Statement {
    const token = this.stream.expect('name')
    const parse = TAGS.get(token.value)
    if (parse === undefined) throw this.#unknownTag(token, endTags)
    if (this.#open.length >= MAX_DEPTH) throw this.stream.fail('the tags are nested too deep', token)
    this.#open.push(token)
    const statement = parse(this, token)
    this.#open.pop()
    return statement
  }

  #unknownTag(token: Token, endTags: readonly string[]): Error {
    const refused = REFUSED_TAGS.get(token.value)
    if (refused !== undefined) return this.stream.fail(`{% ${token.value} %} ${refused}`, token)
    const expected =
      endTags.length === 0 ? '' : `, expected ${endTags.map(tag => `{% ${tag} %}`).join(' or ')}`
    return this.stream.fail(`{% ${token.value} %} is no tag that is known here${expected}`, token)
  }

  /** The body of a tag, up to its end tag, which is taken. */
  body(endTag: string): Statement[] {
    const body = this.bodyUntil([endTag])
    this.stream.take()
    return body
  }

  /** The body of a tag, up to one of the end tags, which is not taken. */
  bodyUntil(endTags: readonly string[]): Statement[] {
    this.stream.takeIf(':')
    this.stream.expect('tag-end')
    return this.statements(endTags)
  }

  parameters(): Parameter[] {
    const { stream, expressions } = this
    const parameters: Parameter[] = []
    stream.expect('(')
    while (!stream.is(')')) {
      if (parameters.length > 0) stream.expect(',')
      const name = stream.expect('name')
      const value = stream.takeIf('=') ? expressions.expression() : undefined
      if (value === undefined && parameters.at(-1)?.default !== undefined) {
        throw stream.fail(`the parameter ${name.value} needs a default, as one before it has one`, name)
      }
      if (parameters.some(one => one.name === name.value)) {
        throw stream.fail(`the parameter ${name.value} is there twice`, name)
      }
      parameters.push({ name: name.value, default: value })
    }
    stream.take()
    return parameters
  }
}

function toOutput(items: readonly (TextNode | Expression)[]): OutputNode {
  return { kind: 'output', items, start: items[0]!.start, end: items.at(-1)!.end }
}

function parseFor(parser: Parser, { start }: Token): ForNode {
  const { stream, expressions } = parser
  const target = expressions.target({ endName: 'in' })
  stream.expectName('in')
  const iterable = expressions.tuple({ withCondition: false, endName: 'recursive' })
  const test = stream.takeName('if') ? expressions.expression() : undefined
  const recursive = stream.takeName('recursive')
  const body = parser.bodyUntil(['endfor', 'else'])
  const otherwise = stream.take().value === 'else' ? parser.body('endfor') : []
  return { kind: 'for', target, iterable, test, recursive, body, otherwise, start, end: stream.lastEnd }
}

function parseIf(parser: Parser, { start }: Token): IfNode {
  const { stream } = parser
  const [first, ...elifs] = parseBranches(parser, start)
  const otherwise = stream.take().value === 'else' ? parser.body('endif') : []
  return { ...first!, elifs, otherwise, end: stream.lastEnd }
}

/** `if` and each `elif`; what ends the last of them is the current token. */
function parseBranches(parser: Parser, start: number): IfNode[] {
  const branches: IfNode[] = []
  do {
    const test = parser.expressions.tuple({ withCondition: false })
    const body = parser.bodyUntil(['elif', 'else', 'endif'])
    const end = parser.stream.lastEnd
    branches.push({ kind: 'if', test, body, elifs: [], otherwise: [], start, end })
  } while (parser.stream.takeName('elif'))
  return branches
}

function parseSet(parser: Parser, { start }: Token): SetNode | SetBlockNode {
  const { stream, expressions } = parser
  const target: Target = expressions.target({ namespaces: true })
  if (stream.takeIf('=')) {
    return { kind: 'set', target, value: expressions.tuple(), start, end: stream.lastEnd }
  }
  const filter: FilterNode | undefined = expressions.filters(undefined)
  const body = parser.body('endset')
  return { kind: 'set-block', target, filter, body, start, end: stream.lastEnd }
}

function parseWith(parser: Parser, { start }: Token): WithNode {
  const { stream, expressions } = parser
  const targets: { target: Target; value: Expression }[] = []
  while (!stream.is('tag-end') && !stream.is(':')) {
    if (targets.length > 0) stream.expect(',')
    const target = expressions.target()
    stream.expect('=')
    targets.push({ target, value: expressions.expression() })
  }
  return { kind: 'with', targets, body: parser.body('endwith'), start, end: stream.lastEnd }
}

function parseCallBlock(parser: Parser, token: Token): Statement {
  const { stream, expressions } = parser
  const parameters = stream.is('(') ? parser.parameters() : []
  const call = expressions.expression()
  if (call.kind !== 'call') throw stream.fail('expected a call of a macro', token)
  return {
    kind: 'call-block',
    call,
    parameters,
    body: parser.body('endcall'),
    start: token.start,
    end: stream.lastEnd,
  }
}

function parseBlock(parser: Parser, { start }: Token): Statement {
  const { stream } = parser
  const name = stream.expect('name').value
  stream.takeName('scoped')
  stream.takeName('required')
  const body = parser.body('endblock')
  stream.takeName(name)
  return { kind: 'block', name, body, start, end: stream.lastEnd }
}

function parsePrint(parser: Parser, { start }: Token): OutputNode {
  const { stream, expressions } = parser
  const items: Expression[] = []
  while (!stream.is('tag-end')) {
    if (items.length > 0) stream.expect(',')
    items.push(expressions.expression())
  }
  return { kind: 'output', items, start, end: stream.lastEnd }
}

const TAGS: ReadonlyMap<string, Parse> = new Map<string, Parse>([
  ['for', parseFor],
  ['if', parseIf],
  ['set', parseSet],
  ['with', parseWith],
  ['call', parseCallBlock],
  ['block', parseBlock],
  ['print', parsePrint],
  [
    'macro',
    (parser, { start }) => {
      const name = parser.stream.expect('name').value
      const parameters = parser.parameters()
      const body = parser.body('endmacro')
      return { kind: 'macro', name, parameters, body, start, end: parser.stream.lastEnd }
    },
  ],
  [
    'filter',
    (parser, { start }) => {
      const first = parser.expressions.filter(undefined)
      const filter = parser.expressions.filters(first)
      return {
        kind: 'filter-block',
        filter,
        body: parser.body('endfilter'),
        start,
        end: parser.stream.lastEnd,
      }
    },
  ],
  [
    'generation',
    (parser, { start }) => {
      const body = parser.body('endgeneration')
      return { kind: 'generation', body, start, end: parser.stream.lastEnd }
    },
  ],
  ['break', (_, { start, end }) => ({ kind: 'break', start, end })],
  ['continue', (_, { start, end }) => ({ kind: 'continue', start, end })],
])

const ONE_FILE = 'needs a second template, and a chat template stands alone'
const REFUSED_TAGS: ReadonlyMap<string, string> = new Map([
  ['include', ONE_FILE],
  ['import', ONE_FILE],
  ['from', ONE_FILE],
  ['extends', ONE_FILE],
  ['autoescape', 'is not for chat templates: their text is never escaped as a whole'],
  ['do', 'is an extension that transformers does not load'],
])
