import { assistant, chat, GOOD, user } from '../example.ts'
import type { SetRule } from '../rule.ts'

interface State {
  /** 53-bit hashes of the rows' ids. */
  hashes: Set<number>
  rows: number
  places: string[]
  /** Where two chunks each have the row, its places by hash: only the first few are kept. */
  seen: Map<number, string>
}

/** Some 40 MB; later rows are not compared. */
const MAX_HASHES = 1_000_000
const PLACES = 3
const MAX_SEEN = 4096

export const duplicateRow: SetRule<State> = {
  kind: 'set',
  name: 'duplicate-row',
  severity: 'info',
  trigger: 'Two rows have equal ids. Of more than a million rows the first million are compared.',
  effect: 'The row counts twice; and a row that is in the evaluation set too makes its loss mean nothing.',
  fix: 'Leave one of them out, unless it is meant to weigh more.',
  needs: ['rows'],
  wrong: { rows: [GOOD, GOOD] },
  right: { rows: [GOOD, chat(user('Of snow?'), assistant('White.'))] },
  start: () => ({ hashes: new Set(), rows: 0, places: [], seen: new Map() }),
  add(state, { masks, where }) {
    const hash = masks.reduce((sum, { encoded }) => hashIds(encoded.ids, sum), 0x811c9dc5)
    if (state.hashes.has(hash)) {
      state.rows++
      if (state.places.length < PLACES) state.places.push(where)
    } else if (state.hashes.size < MAX_HASHES) {
      state.hashes.add(hash)
      if (state.seen.size < MAX_SEEN) state.seen.set(hash, where)
    }
  },
  merge(into, from) {
    for (const hash of from.hashes) {
      if (!into.hashes.has(hash)) {
        if (into.hashes.size < MAX_HASHES) into.hashes.add(hash)
        continue
      }
      into.rows++
      const where = from.seen.get(hash)
      if (where !== undefined && into.places.length < PLACES) into.places.push(where)
    }
    into.rows += from.rows
    into.places = [...into.places, ...from.places].slice(0, PLACES)
  },
  report({ rows, places }) {
    if (rows === 0) return []
    const text = `${rows} ${rows === 1 ? 'row is' : 'rows are'} there before, token for token.`
    return [{ rule: 'duplicate-row', severity: 'info', text, rows, places }]
  },
}

/** Two 32-bit hashes side by side, of which 53 bits are kept. */
function hashIds(ids: Int32Array, seed: number): number {
  let a = seed | 0
  let b = ~seed | 0
  for (let t = 0; t < ids.length; t++) {
    a = Math.imul(a ^ ids[t]!, 0x01000193)
    b = Math.imul(b ^ ids[t]!, 0x5bd1e995)
    b ^= b >>> 15
  }
  return (a >>> 0) * 2 ** 21 + ((b >>> 0) & 0x1fffff)
}
