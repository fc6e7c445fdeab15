import { type Masked, SOURCES } from './masked.ts'

/** How many tokens, and how many of them are trained. */
export interface TokenTally {
  tokens: number
  trained: number
}

/** What the tokens of many examples add up to. Names in the order of first sight. */
export interface TokenCounts {
  readonly total: TokenTally
  /** By role of the message that a token belongs to; `(none)` for the rest. Nothing of rows without messages. */
  readonly roles: ReadonlyMap<string, TokenTally>
  readonly sources: ReadonlyMap<string, TokenTally>
}

/** Adds up examples one at a time: none of them has to be kept. */
export class TokenCounter implements TokenCounts {
  readonly total: TokenTally = { tokens: 0, trained: 0 }
  readonly roles: Map<string, TokenTally> = new Map()
  readonly sources: Map<string, TokenTally> = new Map()

  add({ runs, roles }: Pick<Masked, 'runs' | 'roles'>): void {
    for (const { startToken, endToken, message, source, weight } of runs) {
      const tokens = endToken - startToken
      const trained = weight === 0 ? 0 : tokens
      count(this.total, tokens, trained)
      count(tallyOf(this.sources, SOURCES[source]!), tokens, trained)
      if (roles.length === 0) continue
      count(tallyOf(this.roles, message === -1 ? '(none)' : roles[message]!), tokens, trained)
    }
  }
}

function tallyOf(tallies: Map<string, TokenTally>, name: string): TokenTally {
  let tally = tallies.get(name)
  if (tally === undefined) {
    tally = { tokens: 0, trained: 0 }
    tallies.set(name, tally)
  }
  return tally
}

function count(tally: TokenTally, tokens: number, trained: number): void {
  tally.tokens += tokens
  tally.trained += trained
}
