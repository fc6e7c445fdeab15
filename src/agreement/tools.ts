import {
  addComparedRow,
  compareRow,
  emptyCompareTally,
  findMarkers,
  type KindTally,
  listKinds,
  type Markers,
  TOOLS,
  type Tool,
  type ToolName,
} from '../compare/index.ts'
import type { MaskContext, MaskOptions } from '../mask/index.ts'
import type { LongProbe } from './probes.ts'
import { attempt } from './render.ts'

/** What another tool's rule finds in the answers of the long probes. */
export interface ToolReport {
  readonly name: ToolName
  readonly answers: number
  /** Answers of which it trains some token, and every token. */
  readonly found: number
  readonly whole: number
  /** Trained tokens that no model has to write. */
  readonly otherTokens: number
  readonly kinds: readonly KindTally[]
  /** Conversations that its rule refuses, with its words about the first. */
  readonly refused: { readonly probes: number; readonly reason: string; readonly probe: string } | undefined
  readonly probes: number
  /** Why nothing could be tried; undefined where something was. */
  readonly untold: 'no marker' | 'no tokenizer' | 'no marks' | undefined
  /** What it searches for. */
  readonly markers: Markers | undefined
}

/**
 * What each tool's rule finds in the same conversations.
 *
 * @param hasIds whether there is a tokenizer
 */
export function reportTools(
  probes: readonly LongProbe[],
  context: MaskContext,
  hasIds: boolean,
): ToolReport[] {
  const markers = findMarkers(context)
  return Object.values(TOOLS).map(tool => reportTool(toFair(tool), probes, { context, markers, hasIds }))
}

/** A row of prompt and completion has one answer that is meant: conversations are split for such a tool, one row for each. */
function toFair(tool: Tool): Tool {
  if (tool.strategy !== 'prompt-ids') return tool
  return {
    ...tool,
    toExamples: example => tool.toExamples(example).map(one => ({ ...one, turns: 'last' as const })),
  }
}

function reportTool(
  tool: Tool,
  probes: readonly LongProbe[],
  { context, markers, hasIds }: { context: MaskContext; markers: Markers; hasIds: boolean },
): ToolReport {
  const tally = emptyCompareTally()
  const searched = tool.markers.length === 0 ? undefined : toSearched(tool, markers)
  const untold = whyUntold(tool, { context, searched, hasIds })
  let refused: ToolReport['refused']
  if (untold === undefined) {
    for (const { name, conversation } of probes) {
      const tried = attempt(() => compareRow(conversation, tool, context, toOptions(searched)))
      const reason = tried.value === undefined ? tried.refused : tried.value.refusal?.text
      if (reason !== undefined) {
        refused = { probe: name, reason, ...refused, probes: (refused?.probes ?? 0) + 1 }
      } else if (tried.value !== undefined) addComparedRow(tally, tried.value, name)
    }
  }
  const { answers, found, whole, otherTokens } = tally
  return {
    ...{ name: tool.name, answers, found, whole, otherTokens, kinds: listKinds(tally) },
    ...{ refused, probes: probes.length, untold, markers: searched },
  }
}

function toSearched({ markers }: Tool, found: Markers): Markers {
  return { ...found, instruction: markers.includes('instruction') ? found.instruction : undefined }
}

function toOptions(
  markers: Markers | undefined,
): Pick<MaskOptions, 'responseTemplate' | 'instructionTemplate'> {
  return {
    ...(markers?.response !== undefined && { responseTemplate: markers.response }),
    ...(markers?.instruction !== undefined && { instructionTemplate: markers.instruction }),
  }
}

function whyUntold(
  { markers, withoutMarks }: Tool,
  { context, searched, hasIds }: { context: MaskContext; searched: Markers | undefined; hasIds: boolean },
): ToolReport['untold'] {
  if (withoutMarks !== undefined)
    return context.templates.some(({ usesGenerationMarks }) => usesGenerationMarks) ? undefined : 'no marks'
  // The others go by ids.
  if (!hasIds) return 'no tokenizer'
  if (searched === undefined) return undefined
  const isMissing = markers.some(name => searched[name] === undefined)
  return isMissing ? 'no marker' : undefined
}
