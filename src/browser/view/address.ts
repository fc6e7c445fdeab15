import type { TokenPlace } from '../../view/index.ts'

/** The place that is looked at, as the address has it after `#`. */
export interface Place extends Omit<TokenPlace, 'token'> {
  readonly row: number
  readonly token: number | undefined
}

/** `#row=3&token=412`; what is no number is as if it were not there. */
export function readPlace(hash: string): Place {
  const params = new URLSearchParams(hash.replace(/^#/, ''))
  const count = (name: string): number | undefined => {
    const text = params.get(name) ?? ''
    return /^\d{1,9}$/.test(text) ? Number(text) : undefined
  }
  return {
    row: count('row') ?? 0,
    example: count('example') ?? 0,
    side: count('side') === 1 ? 1 : 0,
    token: count('token'),
  }
}

/** @param more what else the address keeps */
export function toHash(
  { row, example, side, token }: Place,
  more: readonly (readonly [string, string])[],
): string {
  const params = new URLSearchParams({ row: String(row) })
  if (example > 0) params.set('example', String(example))
  if (side > 0) params.set('side', String(side))
  if (token !== undefined) params.set('token', String(token))
  for (const [name, value] of more) params.set(name, value)
  return `#${params}`
}
