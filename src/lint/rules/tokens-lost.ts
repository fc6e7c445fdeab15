import { assistant, chat, GOOD, user } from '../example.ts'
import type { SetRule } from '../rule.ts'
import { countTrained } from './nothing-trained-after-cut.ts'

interface State {
  trained: number
  lost: number
  rows: number
  places: string[]
}

const PLACES = 3
const SHARE = 0.01

export const tokensLost: SetRule<State> = {
  kind: 'set',
  name: 'tokens-lost',
  severity: 'warn',
  trigger: 'More than 1% of the trained tokens are cut off.',
  effect: 'What was cut is not learnt.',
  fix: 'Raise --max-length, or choose --truncation split-turns or --packing bfd_split.',
  needs: ['max-length'],
  wrong: {
    rows: [chat(user('Colour of grass?'), assistant('Green, in spring and in summer at least.'))],
    maxLength: 70,
  },
  right: { rows: [GOOD], maxLength: 200 },
  start: () => ({ trained: 0, lost: 0, rows: 0, places: [] }),
  add(state, subject) {
    const { cuts, masks, where } = subject
    if (cuts === undefined) return
    let lost = 0
    for (const i of masks.keys()) {
      const trained = countTrained(subject, i, undefined)
      state.trained += trained
      lost += Math.max(0, trained - countTrained(subject, i, cuts[i]))
    }
    if (lost === 0) return
    state.lost += lost
    state.rows++
    if (state.places.length < PLACES) state.places.push(where)
  },
  merge(into, from) {
    into.trained += from.trained
    into.lost += from.lost
    into.rows += from.rows
    into.places = [...into.places, ...from.places].slice(0, PLACES)
  },
  report({ trained, lost, rows, places }) {
    if (lost <= SHARE * trained) return []
    const text = `${lost} of ${trained} trained tokens are cut off.`
    return [{ rule: 'tokens-lost', severity: 'warn', text, rows, places }]
  },
}
