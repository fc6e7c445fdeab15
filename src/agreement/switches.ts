import type { JsonObject } from '../json/index.ts'
import type { MaskContext } from '../mask/index.ts'
import { findGivenVariables, type GivenVariable } from '../template/index.ts'
import type { Encoded } from '../tokenizer/index.ts'
import { reportHistory } from './history.ts'
import { type LongProbe, type Probe, type Shape, withKwargs } from './probes.ts'
import { attempt, findDifferentTokens, isWritten, render } from './render.ts'
import { type RefusedTurn, reportTurn, type TurnReport } from './turn.ts'

export type SwitchValue = string | number | boolean

/** A variable of the template that changes what a model sees or has to write, and what its values do. */
export interface SwitchReport {
  readonly name: string
  /** Values that change nothing against leaving it out. */
  readonly same: readonly SwitchValue[]
  readonly effects: readonly SwitchEffect[]
}

export interface SwitchEffect {
  /** Values that all do the same. */
  readonly values: readonly SwitchValue[]
  /** Why the template refuses them. */
  readonly refused: string | undefined
  /** The probes of which prompt, answer or end are others. */
  readonly turns: readonly (TurnReport | RefusedTurn)[]
  /** What is written before the generation prompt, where that is changed: what stood there, and what stands there. */
  readonly before: { readonly was: string; readonly is: string } | undefined
  /** An earlier answer as later turns see it, where that is changed. */
  readonly history: { readonly probe: string; readonly was: string; readonly is: string } | undefined
}

interface Setting {
  readonly context: MaskContext
  readonly shape: Shape
  readonly hasIds: boolean
  readonly probes: readonly Probe[]
  readonly longProbes: readonly LongProbe[]
}

/** More would be a list of something else than settings. */
const MOST_VALUES = 12

/**
 * Tries the variables that the template reads and nobody sets: true, false, and the constants that it compares each with. Which of them are settings of
 * the model's thinking, and which of something else, is told by what they change.
 */
export function reportSwitches(setting: Setting): SwitchReport[] {
  const [template] = setting.context.templates
  const given = setting.context.chatTemplateKwargs ?? {}
  const variables = findGivenVariables(template!.source).filter(
    ({ name }) => !Object.hasOwn(given, name) && !Object.hasOwn(setting.context.specialTokens, name),
  )
  if (variables.length === 0) return []
  const usual = observe({}, setting)
  return variables.flatMap(variable => reportSwitch(variable, usual, setting))
}

function reportSwitch(variable: GivenVariable, usual: Observed, setting: Setting): SwitchReport[] {
  const groups = new Map<string, { values: SwitchValue[]; observed: Observed }>()
  const usualKey = toKey(usual)
  for (const value of listValues(variable, setting)) {
    const observed = observe({ [variable.name]: value }, setting)
    if (isMisfit(observed, usual)) continue
    const key = toKey(observed)
    const group = groups.get(key) ?? { values: [], observed }
    group.values.push(value)
    groups.set(key, group)
  }
  const same = groups.get(usualKey)?.values ?? []
  groups.delete(usualKey)
  if (groups.size === 0) return []
  const effects = [...groups.values()].map(({ values, observed }) =>
    toEffect(values, observed, usual, setting.context),
  )
  return [{ name: variable.name, same, effects }]
}

/** A value of a kind that the template doesn't expect: Python's error is no word of the template. */
function isMisfit(observed: Observed, usual: Observed): boolean {
  return observed.turns.some(
    (turn, t) => 'refused' in turn && !turn.isRaised && !('refused' in usual.turns[t]!),
  )
}

/** A text that the template writes out is no switch: true would come out as the word True. */
function listValues({ name, constants }: GivenVariable, { context, probes }: Setting): SwitchValue[] {
  const isPrinted = probes.some(({ conversation }) => {
    const { value } = attempt(() => render(withKwargs(conversation, { [name]: MARK }), context, true))
    return (
      value !== undefined && isWritten(value, source => source.kind === 'variable' && source.name === name)
    )
  })
  const values = isPrinted && constants.length > 0 ? constants : isPrinted ? [] : [true, false, ...constants]
  return values.slice(0, MOST_VALUES)
}

const MARK = 'lossline'

/** What the probes show with some variables set. */
interface Observed {
  readonly turns: readonly (TurnReport | RefusedTurn)[]
  /** What stands before the generation prompt; undefined where it is refused. */
  readonly before: readonly (string | undefined)[]
  readonly histories: readonly { readonly probe: string; readonly text: string | undefined }[]
}

function observe(kwargs: JsonObject, { probes, longProbes, ...setting }: Setting): Observed {
  const { context } = setting
  const turns = probes.map(probe =>
    reportTurn({ ...probe, conversation: withKwargs(probe.conversation, kwargs) }, setting),
  )
  const before = probes.map(({ conversation, answer }) => {
    const asked = { ...conversation, messages: conversation.messages.slice(0, answer) }
    return attempt(() => render(withKwargs(asked, kwargs), context, false).text).value
  })
  const histories = longProbes.map(({ name, conversation }) => ({
    probe: name,
    text: reportHistory(withKwargs(conversation, kwargs), context)?.later,
  }))
  return { turns, before, histories }
}

function toKey({ turns, before, histories }: Observed): string {
  return JSON.stringify([turns, before, histories.map(({ text }) => text)])
}

function toEffect(
  values: readonly SwitchValue[],
  observed: Observed,
  usual: Observed,
  context: MaskContext,
): SwitchEffect {
  const refusals = observed.turns.map(turn => ('refused' in turn ? turn.refused : undefined))
  const isRefused = refusals.every(refused => refused !== undefined)
  const turns = observed.turns.filter((turn, t) => toTurnKey(turn) !== toTurnKey(usual.turns[t]!))
  return {
    values,
    refused: isRefused ? refusals[0] : undefined,
    turns: isRefused ? [] : turns,
    before: isRefused ? undefined : findBefore(observed, usual, context),
    history: isRefused ? undefined : findHistory(observed, usual),
  }
}

/** What is asked and written, not where. */
function toTurnKey(turn: TurnReport | RefusedTurn): string {
  if ('refused' in turn) return turn.refused
  return JSON.stringify([turn.prompt.text, turn.answer, turn.end])
}

function findBefore(observed: Observed, usual: Observed, { tokenizer }: MaskContext): SwitchEffect['before'] {
  const encode = (text: string): Encoded => tokenizer.encode(text, { addSpecialTokens: false })
  for (const [p, is] of observed.before.entries()) {
    const was = usual.before[p]
    if (is === undefined || was === undefined || is === was) continue
    const { start, endA, endB } = findDifferentTokens(encode(was), encode(is))
    const back = countBack(is.slice(0, start))
    const on = countOn(is.slice(endB))
    return { was: was.slice(start - back, endA + on), is: is.slice(start - back, endB + on) }
  }
  return undefined
}

/** A difference is shown with the words that it stands in: `enabled` against `disabled`. */
function countBack(before: string): number {
  const near = /[^\n<>.]{0,25}$/.exec(before)![0]
  // Not from the middle of a word.
  return near.length < 25 ? near.length : near.length - 1 - Math.max(0, near.indexOf(' '))
}

function countOn(after: string): number {
  return /^[^\n<>.\s]{0,24}/.exec(after)![0].length
}

function findHistory(observed: Observed, usual: Observed): SwitchEffect['history'] {
  for (const [p, { probe, text }] of observed.histories.entries()) {
    const was = usual.histories[p]?.text
    if (text !== undefined && was !== undefined && text !== was) return { probe, was, is: text }
  }
  return undefined
}
