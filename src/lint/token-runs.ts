import {
  type Masked,
  type MaskRun,
  REASONS,
  SOURCES,
  type TokenReason,
  type TokenSource,
} from '../mask/index.ts'

/** The indexes of sources, for runs. */
export function sourceSet(...names: readonly TokenSource[]): ReadonlySet<number> {
  return new Set(names.map(name => SOURCES.indexOf(name)))
}

/** The indexes of reasons, for runs. */
export function reasonSet(...names: readonly TokenReason[]): ReadonlySet<number> {
  return new Set(names.map(name => REASONS.indexOf(name)))
}

/** What messages hold themselves. */
export const OWN_SOURCES: ReadonlySet<number> = sourceSet('content', 'reasoning', 'tool_calls')

export const isTrained = ({ weight }: MaskRun): boolean => weight !== 0

/** Where some tokens stand, for a finding. */
export function placeOf(
  { encoded }: Masked,
  startToken: number,
  endToken: number = startToken + 1,
): { readonly token: number; readonly startChar: number; readonly endChar: number } {
  return { token: startToken, startChar: encoded.starts[startToken]!, endChar: encoded.ends[endToken - 1]! }
}

/** The text of some tokens, quoted and cut to 40 characters. */
export function quoteTokens({ encoded, rendered }: Masked, startToken: number, endToken: number): string {
  const text = rendered.text.slice(encoded.starts[startToken]!, encoded.ends[endToken - 1]!)
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 39)}…` : text)
}

/** Id of a special token by its name (`bos_token`), where there is one. */
export function findSpecialId(
  {
    tokenizer,
    specialTokens,
  }: {
    readonly tokenizer: { tokenToId(token: string): number | undefined }
    readonly specialTokens: Readonly<Record<string, string | readonly string[]>>
  },
  name: string,
): number | undefined {
  const token = specialTokens[name]
  return typeof token === 'string' ? tokenizer.tokenToId(token) : undefined
}
