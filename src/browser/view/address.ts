import type { RowFilter, TokenPlace } from '../../view/index.ts'

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
export function toHash({ row, example, side, token }: Place, more: Params): string {
  const params = new URLSearchParams({ row: String(row) })
  if (example > 0) params.set('example', String(example))
  if (side > 0) params.set('side', String(side))
  if (token !== undefined) params.set('token', String(token))
  for (const [name, value] of more) params.set(name, value)
  return `#${params}`
}

/** What an address holds beside the place. */
export type Params = readonly (readonly [name: string, value: string])[]

/** What a filter asks of rows, by its name in the address. */
const NAMES = { role: 'role', source: 'source', finding: 'finding' } as const
const NUMBERS = {
  ...{ min_messages: 'minMessages', min_tokens: 'minTokens', end_tokens: 'endTokens' },
  ...{ min_share: 'minShare', max_share: 'maxShare' },
} as const
const FLAGS = { differs: 'differs', failed: 'failed' } as const

/** Which rows are listed, and the text that is searched for in them. */
export interface Wanted {
  /** Without the rows that have the text: these are looked for anew. */
  readonly filter: Omit<RowFilter, 'found'>
  readonly search: string
}

/** What is of another form is as if it were not there. */
export function readWanted(hash: string): Wanted {
  const params = new URLSearchParams(hash.replace(/^#/, ''))
  const filter: Record<string, string | number | boolean> = {}
  const take = (names: object, pattern: RegExp, read: (text: string) => string | number | boolean): void => {
    for (const [name, field] of Object.entries(names) as [string, string][]) {
      const text = params.get(name) ?? ''
      if (pattern.test(text)) filter[field] = read(text)
    }
  }
  take(NAMES, /./, text => text)
  take(NUMBERS, /^[\d.]+(e-\d+)?$/, Number)
  take(FLAGS, /^[01]$/, text => text === '1')
  return { filter, search: params.get('search') ?? '' }
}

export function writeWanted({ filter, search }: Wanted): Params {
  const params: [string, string][] = search === '' ? [] : [['search', search]]
  for (const [name, field] of Object.entries({ ...NAMES, ...NUMBERS, ...FLAGS })) {
    const value = filter[field as keyof typeof filter]
    if (value !== undefined)
      params.push([name, typeof value === 'boolean' ? String(Number(value)) : String(value)])
  }
  return params
}
