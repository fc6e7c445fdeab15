import { type Masked, SOURCES } from './masked.ts'

/** How many tokens, and how many of them are trained. */
export interface TokenTally {
  tokens: number
  trained: number
}

/** What the tokens of many examples add up to: examples are added one at a time, and none of them has to be kept. */
export class TokenCounter {
  readonly total: TokenTally = { tokens: 0, trained: 0 }
  /** By role of the message that a token belongs to; `(none)` for the rest. In the order of first sight; nothing of rows without messages. */
  readonly roles: Map<string, TokenTally> = new Map()
  /** By source, in the order of first sight. */
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
