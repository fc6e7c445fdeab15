import { type ComparedRow, compareRow, TOOLS } from '../compare/index.ts'
import type { Conversation } from '../conversation/index.ts'
import { LosslineError } from '../error.ts'
import { type MaskContext, type Masked, maskExample } from '../mask/index.ts'
import { type CharRange, ChatTemplate, type OuterLoop } from '../template/index.ts'
import { insertMarks } from './insert.ts'
import { describeObstacle, findMarkableLoops } from './iterations.ts'
import { learnEdges, type ProbedAnswer } from './learn.ts'
import { PROBES, withParts } from './probes.ts'

/** A copy of a template that has marks, and how well they say what a model has to write. */
export interface MarkedTemplate {
  readonly source: string
  /** Each probe that the template renders, with what transformers trains of it by the marks against the exact mask. */
  readonly checked: readonly CheckedProbe[]
}

export interface CheckedProbe {
  readonly conversation: Conversation
  readonly row: ComparedRow
  /** The template writes an earlier answer otherwise than when it was the last one: no marks in one rendering can say what was written then. */
  readonly isRewritten: boolean
}

/**
 * Puts `{% generation %}` marks into a template, for tools that mask by them: where they belong is read off the provenance of probe conversations.
 *
 * The copy renders the same text, which is checked on every probe, with and without a generation prompt. What its marks can't say is in `checked`:
 * whatever is told apart by more than the text in front of it and behind it.
 *
 * @param context the model; its templates are not used
 * @throws LosslineError `mark/…` where no marks can be put in
 */
export function markTemplate(source: string, context: MaskContext, name = 'template'): MarkedTemplate {
  const template = ChatTemplate.compile(source, { name })
  if (template.usesGenerationMarks)
    throw new LosslineError('mark/marked', 'has {% generation %} already', {
      where: name,
      fix: 'Use it as it is, or take the marks out first.',
    })
  const text = source.replace(/\r\n?/g, '\n')
  const probes = maskProbes({ ...context, templates: [template] }, name)
  const { loops, answers } = findAnswers(text, probes, context, name)
  const edges = learnEdges(answers)
  if (edges.isBehindMarked && !loops.at(-1)!.isTop) throw refuse('behind', name)
  const marked = insertMarks(text, loops, edges)
  const copy = ChatTemplate.compile(marked, { name: `${name} with marks` })
  for (const { conversation } of probes) checkSameText(template, copy, conversation, context)
  const checked = probes.map(({ conversation }) => {
    const marks = { ...context, templates: [copy] }
    const row = compareRow(conversation, TOOLS.transformers, marks)
    return { conversation, row, isRewritten: isRewritten(conversation, marks) }
  })
  return { source: marked, checked }
}

function isRewritten(conversation: Conversation, context: MaskContext): boolean {
  const examples = maskExample(conversation, context, { strategy: 'assistant', unroll: 'auto' })
  return examples.length > 1
}

interface Probe {
  readonly conversation: Conversation
  readonly masked: Masked
}

/** The exact masks of the probes that the template renders, in one rendering each. @throws LosslineError `mark/refused` for none */
function maskProbes(context: MaskContext, name: string): Probe[] {
  let firstError: LosslineError | undefined
  const mask = (conversation: Conversation): Probe | undefined => {
    try {
      const [masked] = maskExample(conversation, context, { strategy: 'assistant', unroll: 'never' })
      return { conversation, masked: masked! }
    } catch (error) {
      if (!(error instanceof LosslineError)) throw error
      firstError ??= error
      return undefined
    }
  }
  const probes = PROBES.flatMap(probe => mask(probe) ?? mask(withParts(probe)) ?? [])
  if (probes.length > 0) return probes
  const what = `refuses every conversation that was tried: ${firstError!.message}`
  const fix = 'Give what it needs with --chat-template-kwargs, or put the marks in by hand.'
  throw new LosslineError('mark/refused', what, { where: name, fix })
}

/** The loops that write some answer, and every answer with where it stands. */
function findAnswers(
  source: string,
  probes: readonly Probe[],
  context: MaskContext,
  name: string,
): { loops: OuterLoop[]; answers: ProbedAnswer[] } {
  const found = findMarkableLoops(source, context).map(({ loop, find }) => ({
    loop,
    iterations: probes.map(({ conversation }) => find(conversation)),
  }))
  const used = found.filter(({ iterations }) =>
    probes.some(({ masked }, p) => masked.spans.some(span => findRegion(iterations[p]!, span.startChar))),
  )
  if (used.length === 0) throw refuse('no-loop', name, describeObstacle(source))
  const answers = probes.flatMap(({ masked }, p) => {
    const iterations = used.flatMap(({ iterations }) => iterations[p]!)
    const textEnd = masked.rendered.text.length
    const behindChar = Math.max(...iterations.map(({ endChar }) => endChar))
    return masked.spans.flatMap(({ message, startChar, endChar }): ProbedAnswer[] => {
      const turn = masked.rendered.turns.find(turn => turn.message === message)
      const isBehind = iterations.length > 0 && startChar >= behindChar
      const region = isBehind
        ? { startChar: behindChar, endChar: textEnd }
        : findRegion(iterations, turn?.startChar ?? startChar)
      // A span that nothing marks is told when the copy is checked.
      if (region === undefined || message === undefined) return []
      return [{ masked, message, startChar, endChar, region, isBehind, behindChar }]
    })
  })
  return { loops: used.map(({ loop }) => loop), answers }
}

function findRegion(iterations: readonly CharRange[], char: number): CharRange | undefined {
  return iterations.find(({ startChar, endChar }) => startChar <= char && char < endChar)
}

/** Why no marks can be put in. */
const REFUSALS = {
  'no-loop': 'writes no answer in a loop over the messages that can be marked',
  behind: 'writes answers, or their ends, behind a loop that stands in another block',
  text: 'writes another text once what an iteration writes is caught',
} as const

/** Where no loop has an obstacle, it is elsewhere that the answers are written. */
const ELSEWHERE = 'it reads none, or gathers its text in a variable or a macro'

function refuse(code: keyof typeof REFUSALS, where: string, why?: string): LosslineError {
  const detail = code === 'no-loop' ? `: ${why ?? ELSEWHERE}` : ''
  const fix = 'Put the marks in by hand.'
  return new LosslineError(`mark/${code}`, `${REFUSALS[code]}${detail}`, { where, fix })
}

/** @throws LosslineError `mark/text` where the copy doesn't write what the template does */
function checkSameText(
  template: ChatTemplate,
  copy: ChatTemplate,
  conversation: Conversation,
  { specialTokens, chatTemplateKwargs, now = new Date(0) }: MaskContext,
): void {
  for (const addGenerationPrompt of [false, true]) {
    const options = { addGenerationPrompt, variables: specialTokens, chatTemplateKwargs, now }
    if (template.renderText(conversation, options) === copy.renderText(conversation, options)) continue
    throw refuse('text', template.name)
  }
}
