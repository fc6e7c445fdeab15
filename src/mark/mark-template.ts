import { type ComparedRow, compareRow, TOOLS } from '../compare/index.ts'
import type { Conversation } from '../conversation/index.ts'
import { LosslineError } from '../error.ts'
import type { MaskContext, Masked } from '../mask/index.ts'
import { ChatTemplate, findOuterLoops, type OuterLoop } from '../template/index.ts'
import { insertMarks } from './insert.ts'
import { learnEdges, maskProbe } from './learn.ts'
import { PROBES, withParts } from './probes.ts'

/** A copy of a template that has marks, and how well they say what a model has to write. */
export interface MarkedTemplate {
  readonly source: string
  /** Each probe that the template renders, with what transformers trains of it by the marks against the exact mask. */
  readonly checked: readonly { readonly conversation: Conversation; readonly row: ComparedRow }[]
}

/**
 * Puts `{% generation %}` marks into a template, for tools that mask by them: where they belong is read off the provenance of probe conversations.
 *
 * The copy renders the same text, which is checked on every probe, with and without a generation prompt. What its marks can't say is in `checked`: the end
 * of an answer that only the next turn writes, and whatever is told apart by more than the text in front of it.
 *
 * @param context the model; its templates are not used
 * @throws LosslineError `mark/…` where no marks can be put in
 */
export function markTemplate(source: string, context: MaskContext, name = 'template'): MarkedTemplate {
  const template = ChatTemplate.compile(source, { name })
  if (template.usesGenerationMarks)
    throw refuse(
      'marked',
      'has {% generation %} already',
      name,
      'Use it as it is, or take the marks out first.',
    )
  const exact = { ...context, templates: [template] }
  const probes = PROBES.flatMap(probe => {
    const given = [probe, withParts(probe)].find(given => maskProbe(given, exact) !== undefined)
    return given === undefined ? [] : [{ conversation: given, masked: maskProbe(given, exact)! }]
  })
  const masks = probes.map(({ masked }) => masked)
  const loops = findMessageLoops(source, masks, name)
  const marked = insertMarks(normalise(source), loops, learnEdges(masks))
  const copy = ChatTemplate.compile(marked, { name: `${name} with marks` })
  for (const { conversation } of probes) checkSameText(template, copy, conversation, context)
  const checked = probes.map(({ conversation }) => {
    const row = compareRow(conversation, TOOLS.transformers, { ...context, templates: [copy] })
    return { conversation, row }
  })
  return { source: marked, checked }
}

/** As Jinja reads it: its places are those of this text. */
function normalise(source: string): string {
  return source.replace(/\r\n?/g, '\n')
}

/** The loops that write some answer. */
function findMessageLoops(source: string, probes: readonly Masked[], name: string): OuterLoop[] {
  const all = findOuterLoops(source)
  const used = new Set<OuterLoop>()
  for (const { rendered, spans } of probes) {
    for (const { pieces, turns } of [rendered]) {
      const answered = turns.filter(turn => spans.some(span => span.message === turn.message))
      for (const { startChar, writer } of pieces) {
        if (!answered.some(turn => turn.startChar <= startChar && startChar < turn.endChar)) continue
        const loop = all.find(loop => loop.startChar <= writer.startChar && writer.endChar <= loop.endChar)
        if (loop !== undefined) used.add(loop)
      }
    }
  }
  const loops = all.filter(loop => used.has(loop))
  if (loops.length === 0)
    throw refuse('no-loop', 'writes no answer in a loop over the messages', name, 'Put the marks in by hand.')
  const other = loops.find(({ isPlain, target }) => !isPlain || target === undefined)
  if (other === undefined) return loops
  const what = 'has a loop over the messages with break, continue, else or two variables'
  throw refuse('loop', what, name, 'Put the marks in by hand.')
}

function refuse(code: string, what: string, where: string, fix: string): LosslineError {
  return new LosslineError(`mark/${code}`, what, { where, fix })
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
    const what = 'writes another text once what an iteration writes is caught'
    throw refuse('text', what, template.name, 'Put the marks in by hand.')
  }
}
