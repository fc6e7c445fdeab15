import type { LosslineError } from '../../error.ts'
import { quote } from '../../error.ts'
import type { Token, TokenKind } from './lexer.ts'
import type { TemplateSource } from './source.ts'

/** Tokens one after the other, with what a parser asks of them. */
export class TokenStream {
  readonly source: TemplateSource
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(tokens: readonly Token[], source: TemplateSource) {
    this.source = source
    this.#tokens = tokens
  }

  get current(): Token {
    return this.#tokens[this.#at]!
  }

  get following(): Token {
    return this.#tokens[Math.min(this.#at + 1, this.#tokens.length - 1)]!
  }

  /** Where the last token that was taken ends. */
  get lastEnd(): number {
    return this.#at === 0 ? 0 : this.#tokens[this.#at - 1]!.end
  }

  take(): Token {
    const token = this.current
    if (token.kind !== 'end') this.#at++
    return token
  }

  is(kind: TokenKind): boolean {
    return this.current.kind === kind
  }

  isName(...names: readonly string[]): boolean {
    return this.current.kind === 'name' && names.includes(this.current.value)
  }

  takeIf(kind: TokenKind): boolean {
    if (!this.is(kind)) return false
    this.take()
    return true
  }

  takeName(name: string): boolean {
    if (!this.isName(name)) return false
    this.take()
    return true
  }

  expect(kind: TokenKind): Token {
    if (!this.is(kind)) throw this.fail(`expected ${describeKind(kind)}, found ${describe(this.current)}`)
    return this.take()
  }

  expectName(name: string): void {
    if (!this.takeName(name)) throw this.fail(`expected ${quote(name)}, found ${describe(this.current)}`)
  }

  fail(message: string, token: Token = this.current): LosslineError {
    return this.source.syntaxError(message, token.start, Math.max(token.end, token.start + 1))
  }
}

const KINDS: Partial<Record<TokenKind, string>> = {
  data: 'text',
  'print-begin': '{{',
  'print-end': '}}',
  'tag-begin': '{%',
  'tag-end': '%}',
  name: 'a name',
  string: 'a string',
  integer: 'an integer',
  float: 'a number',
  end: 'the end of the template',
}

function describeKind(kind: TokenKind): string {
  return KINDS[kind] ?? `'${kind}'`
}

export function describe(token: Token): string {
  return token.kind === 'name' ? quote(token.value) : describeKind(token.kind)
}
