/** A match of a word of the trie: [start, end) in UTF-16 units. */
export interface TrieMatch {
  readonly start: number
  readonly end: number
  readonly id: number
}

interface Node {
  readonly next: Map<number, Node>
  id: number | undefined
}

/** Finds words of a fixed list in a text, leftmost first, the longest of those that begin in one place. */
export class Trie {
  readonly #root: Node = { next: new Map(), id: undefined }

  constructor(words: Iterable<readonly [word: string, id: number]>) {
    for (const [word, id] of words) {
      let node = this.#root
      for (let i = 0; i < word.length; i++) {
        const unit = word.charCodeAt(i)
        let child = node.next.get(unit)
        if (child === undefined) {
          child = { next: new Map(), id: undefined }
          node.next.set(unit, child)
        }
        node = child
      }
      node.id = id
    }
  }

  /** Matches don't overlap: the search goes on where the last one ended. */
  findAll(text: string): TrieMatch[] {
    const matches: TrieMatch[] = []
    for (let start = 0; start < text.length; ) {
      const match = this.#findAt(text, start)
      if (match !== undefined) matches.push(match)
      start = match?.end ?? start + 1
    }
    return matches
  }

  #findAt(text: string, start: number): TrieMatch | undefined {
    let found: TrieMatch | undefined
    let node = this.#root.next.get(text.charCodeAt(start))
    for (let end = start + 1; node !== undefined; end++) {
      if (node.id !== undefined) found = { start, end, id: node.id }
      node = end < text.length ? node.next.get(text.charCodeAt(end)) : undefined
    }
    return found
  }
}
