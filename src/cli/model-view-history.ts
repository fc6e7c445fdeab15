import type { FoundShape, RewrittenProbe, SwitchEffect, SwitchReport } from '../agreement/index.ts'
import { drawMarked, drawText } from '../inspect/index.ts'
import { type Drawing, drawBeside, drawNamed, drawNote, quote, roomOf } from './model-view.ts'
import { drawTurns } from './model-view-turns.ts'

/** What the template understands of a conversation, and what it says about the rest. */
export function drawTakes({ shape, system, tools, calls, results }: FoundShape, drawing: Drawing): string[] {
  const written = [
    ...(system === 'own' ? ['system messages'] : []),
    ...(system === 'user' ? ['system messages (into the question)'] : []),
    ...(system === 'prompt' ? ['system messages (in prompts, and not once they are answered)'] : []),
    ...(tools === 'written' ? ['tools'] : []),
    ...(shape.calls === undefined ? [] : [`tool calls${sayCalls(shape.calls)}`]),
    ...(results === 'written' ? ['tool results'] : []),
    ...(shape.reasoning === undefined
      ? []
      : [`reasoning (${shape.reasoning.key}${sayWhere(shape.reasoning)})`]),
    ...(shape.content === 'parts' ? ['contents as lists of parts alone'] : []),
  ]
  const abilities = [
    ['system messages', system],
    ['tools', tools],
    ['tool calls', calls],
    ['tool results', results],
  ] as const
  const unread = [
    ...abilities.flatMap(([name, ability]) => (ability === 'unread' ? [name] : [])),
    ...(shape.reasoning === undefined ? ['reasoning in a field of its own'] : []),
  ]
  const refused = abilities.flatMap(([name, ability]) =>
    typeof ability === 'object' ? [`${name} (${quote(ability.refused)})`] : [],
  )
  return [
    ...(written.length === 0 ? [] : drawNamed('writes', written.join(', '), drawing)),
    ...(unread.length === 0 ? [] : drawNamed('does not write', unread.join(', '), drawing)),
    ...(refused.length === 0 ? [] : drawNamed('refuses', refused.join(', '), drawing)),
  ]
}

function sayWhere({ inAnswers, inCalls }: NonNullable<FoundShape['shape']['reasoning']>): string {
  if (inAnswers && inCalls) return ''
  return inCalls ? ', beside calls alone' : ', not beside calls'
}

function sayCalls({ arguments: args, content }: NonNullable<FoundShape['shape']['calls']>): string {
  const wants = [
    ...(args === 'json' ? ['arguments as JSON text'] : []),
    ...(content === null ? ['content null beside them'] : []),
  ]
  return wants.length === 0 ? '' : ` (${wants.join(', ')})`
}

/** The variables that change something, each with what its values do. */
export function drawSwitches(
  switches: readonly SwitchReport[],
  drawing: Drawing,
  hasTokenizer: boolean,
): string[] {
  return switches.flatMap(({ name, same, effects }) => [
    ...(same.length === 0 ? [] : drawNote(`${name}=${listValues(same)}: as without it`, drawing)),
    ...effects.flatMap(effect => drawEffect(name, effect, { drawing, hasTokenizer })),
  ])
}

function listValues(values: SwitchEffect['values']): string {
  return values.map(value => JSON.stringify(value)).join(' or ')
}

function drawEffect(
  name: string,
  { values, refused, turns, before, history }: SwitchEffect,
  { drawing, hasTokenizer }: { readonly drawing: Drawing; readonly hasTokenizer: boolean },
): string[] {
  const title = drawNote(`${name}=${listValues(values)}:`, drawing).map(drawing.paint.bold)
  if (refused !== undefined) return [...title, ...drawNamed('refused', quote(refused), drawing, '✗')]
  const lines = [...title, ...drawTurns(turns, { drawing, hasTokenizer })]
  if (before !== undefined) lines.push(...drawChange('before the prompt', before.was, before.is, drawing))
  if (history !== undefined) lines.push(...drawChange('earlier answer', history.was, history.is, drawing))
  return lines
}

function drawChange(name: string, was: string, is: string, drawing: Drawing): string[] {
  const draw = (text: string): string[] => drawText(cut(text), roomOf(drawing), drawing.paint)
  if (is === '') return drawBeside(`- ${name}`, draw(was), drawing)
  if (was === '') return drawBeside(`+ ${name}`, draw(is), drawing)
  return [...drawBeside(name, draw(is), drawing), ...drawBeside('  instead of', draw(was), drawing)]
}

const SHOWN = 90

function cut(text: string): string {
  const characters = [...text]
  return characters.length > SHOWN ? `${characters.slice(0, SHOWN - 1).join('')}…` : text
}

/** Whether earlier turns are written otherwise once later ones exist, with the smallest examples. */
export function drawHistory(rewritten: readonly RewrittenProbe[], drawing: Drawing): string[] {
  if (rewritten.length === 0)
    return drawNamed(
      'history',
      'stays as it was written: one rendering shows every answer, and --unroll changes nothing',
      drawing,
    )
  return [
    ...drawNamed('history', 'is rewritten: --unroll matters', drawing, '≠'),
    ...rewritten.flatMap(probe => drawRewritten(probe, drawing)),
  ]
}

function drawRewritten(probe: RewrittenProbe, drawing: Drawing): string[] {
  const { written, later, different } = probe
  return [
    ...drawNote(`${probe.probe}: ${sayWhat(probe)}`, drawing),
    ...drawPart('  as it was written', written, different.start, different.endA, drawing),
    ...drawPart('  as later turns see it', later, different.start, different.endB, drawing),
  ]
}

function sayWhat({ lost, isMoved }: RewrittenProbe): string {
  const names = {
    reasoning: 'its reasoning',
    tool_calls: 'its calls',
    content: 'part of its content',
  } as const
  const losses = lost.map(field => names[field as keyof typeof names])
  const loss = losses.length === 0 ? undefined : `the first answer loses ${losses.join(' and ')}`
  const move = isMoved ? 'what stands before it changes' : undefined
  const all = [loss, move].filter(words => words !== undefined)
  return all.length === 0 ? 'what the template writes round the first answer changes' : all.join(', and ')
}

/** A text with its different part in brackets, and not more of the rest than is good to read. */
function drawPart(name: string, text: string, start: number, end: number, drawing: Drawing): string[] {
  const [left, middle, right] = [text.slice(0, start), text.slice(start, end), text.slice(end)]
  const before = left.length > AROUND ? `…${left.slice(1 - AROUND)}` : left
  const after = right.length > AROUND ? `${right.slice(0, AROUND - 1)}…` : right
  const marked = middle.length > 2 * SHOWN ? `${middle.slice(0, 2 * SHOWN - 1)}…` : middle
  return drawBeside(name, drawMarked({ before, marked, after }, roomOf(drawing), drawing.paint), drawing)
}

const AROUND = 24
