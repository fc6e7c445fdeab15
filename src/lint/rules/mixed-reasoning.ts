import type { Message } from '../../conversation/index.ts'
import { assistant, CHATML_TOOLS, chat, GOOD, user } from '../example.ts'
import { textOf } from '../fields.ts'
import type { SetRule } from '../rule.ts'

interface State {
  withIt: number
  without: number
  /** Places of the rarer kind can't be known beforehand: the first of each. */
  firstWith: string[]
  firstWithout: string[]
}

const PLACES = 3

export const mixedReasoning: SetRule<State> = {
  kind: 'set',
  name: 'mixed-reasoning',
  severity: 'info',
  trigger: 'Some rows have reasoning and some have none.',
  effect: 'The model learns both, and nothing in the prompt tells it which is wanted.',
  fix: 'Train one kind, or tell them apart in the prompt.',
  needs: ['rows'],
  wrong: {
    rows: [GOOD, chat(user('Is 91 prime?'), assistant('No.', { reasoning_content: '7 times 13 is 91.' }))],
    template: CHATML_TOOLS,
  },
  right: { rows: [GOOD, GOOD], template: CHATML_TOOLS },
  start: () => ({ withIt: 0, without: 0, firstWith: [], firstWithout: [] }),
  add(state, { messages, where }) {
    const answers = messages.filter(({ role }) => role === 'assistant')
    if (answers.length === 0) return
    const places = answers.some(hasReasoning) ? state.firstWith : state.firstWithout
    if (places === state.firstWith) state.withIt++
    else state.without++
    if (places.length < PLACES) places.push(where)
  },
  merge(into, from) {
    into.withIt += from.withIt
    into.without += from.without
    into.firstWith = [...into.firstWith, ...from.firstWith].slice(0, PLACES)
    into.firstWithout = [...into.firstWithout, ...from.firstWithout].slice(0, PLACES)
  },
  report({ withIt, without, firstWith, firstWithout }) {
    if (withIt === 0 || without === 0) return []
    const [rows, places] = withIt < without ? [withIt, firstWith] : [without, firstWithout]
    const text = `${withIt} ${withIt === 1 ? 'row has' : 'rows have'} reasoning, ${without} ${without === 1 ? 'has' : 'have'} none.`
    return [{ rule: 'mixed-reasoning', severity: 'info', text, rows, places }]
  },
}

const REASONING = ['reasoning_content', 'reasoning', 'thinking']

function hasReasoning(message: Message): boolean {
  if (REASONING.some(key => typeof message[key] === 'string' && message[key].trim() !== '')) return true
  return /<think>\s*\S[\s\S]*<\/think>/.test(textOf(message['content']))
}
