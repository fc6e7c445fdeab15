/** The tokens of a model, as the file writes them. */
export interface Vocabulary {
  readonly size: number
  tokenToId(token: string): number | undefined
  idToToken(id: number): string | undefined
}

/** The way back is made when it is first asked: who only encodes never waits for it. */
export function vocabularyOf(ids: ReadonlyMap<string, number>): Vocabulary {
  let tokens: Map<number, string> | undefined
  return {
    size: ids.size,
    tokenToId: token => ids.get(token),
    idToToken: id => {
      tokens ??= new Map(Array.from(ids, ([token, tokenId]) => [tokenId, token]))
      return tokens.get(id)
    },
  }
}
