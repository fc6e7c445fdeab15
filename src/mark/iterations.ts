import type { Conversation } from '../conversation/index.ts'
import { LosslineError } from '../error.ts'
import type { MaskContext } from '../mask/index.ts'
import { type CharRange, ChatTemplate, findOuterLoops, type OuterLoop } from '../template/index.ts'
import { catchTurn } from './insert.ts'

/** What the iterations of a loop write of a conversation, in order. */
export type FindIterations = (conversation: Conversation) => readonly CharRange[]

/** A loop whose iterations can be told apart, and marked. */
export interface MarkableLoop {
  readonly loop: OuterLoop
  readonly find: FindIterations
}

/** No template writes these: they stand in the part of Unicode that has no characters. */
const [BEGIN, END] = ['\u{fdd0}', '\u{fdd1}']

/** The loops of a template that can be marked, each with what its iterations write: a copy of the template says it, with a sign at either end of each. */
export function findMarkableLoops(source: string, context: MaskContext): MarkableLoop[] {
  return findOuterLoops(source)
    .filter(isMarkable)
    .map(loop => {
      const signed = catchTurn(source, loop, name => `{{- '${BEGIN}' -}}{{- ${name} -}}{{- '${END}' -}}`)
      const copy = ChatTemplate.compile(signed, { name: 'template with signs' })
      return { loop, find: conversation => findSigned(tryRender(copy, conversation, context)) }
    })
}

/** Why a loop can't be marked, where its place is not enough of a reason. */
export function describeObstacle(source: string): string | undefined {
  const loops = findOuterLoops(source).filter(loop => !isMarkable(loop) && !loop.isCaught)
  const [first] = loops
  if (first === undefined) return undefined
  if (first.obstacle === undefined) return 'its loop over the messages has two variables'
  const { tag, place } = first.obstacle
  const why = tag === 'else' ? 'an else of its own' : `a ${tag} behind something that it has written`
  return `its loop has ${why} (line ${place.line})`
}

function isMarkable({ obstacle, isCaught, item }: OuterLoop): boolean {
  return obstacle === undefined && !isCaught && item !== undefined
}

/** The text without its signs has the places. */
function findSigned(text: string): CharRange[] {
  const ranges: CharRange[] = []
  let startChar = 0
  for (const [s, { index }] of [...text.matchAll(/[\u{fdd0}\u{fdd1}]/gu)].entries()) {
    if (text[index] === BEGIN) startChar = index - s
    else ranges.push({ startChar, endChar: index - s })
  }
  return ranges
}

function tryRender(
  template: ChatTemplate,
  conversation: Conversation,
  { specialTokens, chatTemplateKwargs, now = new Date(0) }: MaskContext,
): string {
  try {
    return template.renderText(conversation, { variables: specialTokens, chatTemplateKwargs, now })
  } catch (error) {
    if (error instanceof LosslineError) return ''
    throw error
  }
}
