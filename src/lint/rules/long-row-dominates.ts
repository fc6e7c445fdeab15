import { assistant, chat, GOOD, user } from '../example.ts'
import type { SetRule } from '../rule.ts'
import { countTrained } from './nothing-trained-after-cut.ts'

interface State {
  /** Trained tokens of a row → rows. Lengths that differ by less than 1% share a bin. */
  readonly rowsByLength: Map<number, number>
  longest: number
  place: string | undefined
}

const SHARE = 0.2
/** Of fewer rows 1% is less than one. */
const MIN_ROWS = 100

export const longRowDominates: SetRule<State> = {
  kind: 'set',
  name: 'long-row-dominates',
  severity: 'info',
  trigger: '1% of the rows hold more than 20% of the trained tokens.',
  effect: 'The loss is a mean over tokens: a few long rows decide what the model learns.',
  fix: 'Cut or split them, or weigh them less.',
  needs: ['rows'],
  wrong: {
    rows: [
      ...Array.from({ length: 99 }, () => GOOD),
      chat(user('Of snow?'), assistant('White. '.repeat(60))),
    ],
  },
  right: { rows: Array.from({ length: 100 }, () => GOOD) },
  start: () => ({ rowsByLength: new Map(), longest: 0, place: undefined }),
  add(state, subject) {
    let trained = 0
    for (const i of subject.masks.keys()) trained += countTrained(subject, i, undefined)
    const bin = trained < 128 ? trained : Number(trained.toPrecision(3))
    state.rowsByLength.set(bin, (state.rowsByLength.get(bin) ?? 0) + 1)
    if (trained <= state.longest) return
    state.longest = trained
    state.place = subject.where
  },
  merge(into, from) {
    for (const [length, rows] of from.rowsByLength)
      into.rowsByLength.set(length, (into.rowsByLength.get(length) ?? 0) + rows)
    if (from.longest <= into.longest) return
    into.longest = from.longest
    into.place = from.place
  },
  report({ rowsByLength, place }) {
    const lengths = [...rowsByLength].sort(([a], [b]) => b - a)
    const total = lengths.reduce((sum, [, rows]) => sum + rows, 0)
    const tokens = lengths.reduce((sum, [length, rows]) => sum + length * rows, 0)
    if (total < MIN_ROWS) return []
    const longest = Math.floor(total / 100)
    let held = 0
    let left = longest
    for (const [length, rows] of lengths) {
      held += length * Math.min(left, rows)
      left -= Math.min(left, rows)
    }
    if (held <= SHARE * tokens) return []
    const text = `The longest 1% of the rows (${longest}) hold ${((100 * held) / tokens).toFixed(0)}% of the trained tokens.`
    return [
      {
        rule: 'long-row-dominates',
        severity: 'info',
        text,
        rows: longest,
        places: place === undefined ? [] : [place],
      },
    ]
  },
}
