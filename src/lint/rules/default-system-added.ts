import type { Message } from '../../conversation/index.ts'
import type { ChatTemplate } from '../../template/index.ts'
import { CHATML, GOOD } from '../example.ts'
import type { SetRule } from '../rule.ts'
import type { RowSubject } from '../subject.ts'

interface State {
  /** What it writes; undefined: not looked yet, false: nothing. */
  written: string | false | undefined
  rows: number
  places: string[]
}

const PLACES = 3
const MARK = 'lossline system mark'

export const defaultSystemAdded: SetRule<State> = {
  kind: 'set',
  name: 'default-system-added',
  severity: 'info',
  trigger: 'The template writes a system turn that no message has.',
  effect:
    'All such rows are trained behind a system prompt that your data doesn’t have; inference without it is another prompt.',
  fix: 'Write a system message of your own, or leave it and prompt the same way.',
  needs: ['template', 'rows'],
  wrong: {
    rows: [GOOD],
    template: `{% if messages[0].role != 'system' %}{{ '<|im_start|>system\\nYou are helpful.<|im_end|>\\n' }}{% endif %}${CHATML}`,
  },
  right: { rows: [GOOD] },
  start: () => ({ written: undefined, rows: 0, places: [] }),
  add(state, subject) {
    const { messages, where } = subject
    const [first] = messages
    if (first === undefined || first.role === 'system' || first.role === 'developer') return
    state.written ??= findDefault(subject, messages) ?? false
    if (state.written === false) return
    state.rows++
    if (state.places.length < PLACES) state.places.push(where)
  },
  merge(into, from) {
    into.written = into.written === undefined || into.written === false ? from.written : into.written
    into.rows += from.rows
    into.places = [...into.places, ...from.places].slice(0, PLACES)
  },
  report({ written, rows, places }) {
    if (written === undefined || written === false || rows === 0) return []
    const text = `The template writes a system turn of its own: ${JSON.stringify(written.slice(0, 60))}.`
    return [{ rule: 'default-system-added', severity: 'info', text, rows, places }]
  },
}

/** What a conversation without a system message has where one with it has the message's content. */
function findDefault({ context, masks }: RowSubject, messages: readonly Message[]): string | undefined {
  const template: ChatTemplate | undefined = context.templates[0]
  const plain = masks[0]?.rendered.text
  if (template === undefined || plain === undefined) return undefined
  let marked: string
  try {
    marked = template.renderText(
      { messages: [{ role: 'system', content: MARK }, ...messages] },
      {
        variables: context.specialTokens as Record<string, string>,
        now: context.now,
        chatTemplateKwargs: context.chatTemplateKwargs,
        limits: context.limits,
      },
    )
  } catch {
    // A template that takes no system message writes none.
    return undefined
  }
  const at = marked.indexOf(MARK)
  const header = marked.slice(0, Math.max(0, at))
  if (!/[a-z]/i.test(header.replace(/<[^<>]*>|\[[^[\]]*\]/g, '')) || !plain.startsWith(header))
    return undefined
  const rest = marked.slice(at + MARK.length, at + MARK.length + 30)
  const end = plain.indexOf(rest, header.length)
  return end < 0 ? undefined : plain.slice(header.length, end) || header.trim()
}
