import type { Example } from '../conversation/index.ts'
import type { LosslineError } from '../error.ts'
import { isSameTokens } from '../inspect/index.ts'
import {
  defaultStrategy,
  type MaskContext,
  type Masked,
  maskExample,
  type StrategyName,
} from '../mask/index.ts'
import { selectTemplate } from '../template/index.ts'
import { addDifference, alignTokens, countDifference, type Side } from './align.ts'
import { maskBoth } from './mask-both.ts'
import { type MaskedSide, maskSides } from './mask-sides.ts'
import type { ViewSettings } from './settings.ts'

/** How rows are looked at. */
export interface Viewpoint {
  readonly settings: ViewSettings
  readonly context: MaskContext
  /** Of the second side, where it has a template of its own. */
  readonly otherContext: MaskContext | undefined
}

/** A row that was masked, before anything is made for the page of it. */
export interface Looked {
  /** By example: one mask, or two over the same tokens. */
  readonly masks: readonly (readonly NamedMask[])[]
  readonly template: string | undefined
  readonly error?: LosslineError | undefined
  /** What another template makes of the row. */
  readonly other?: {
    readonly examples: readonly NamedMask[]
    readonly template: string | undefined
    readonly error: LosslineError | undefined
  }
  readonly isForced: boolean
}

export interface NamedMask {
  readonly strategy: string
  readonly masked: Masked
}

/** A row as all that is asked for shows it. @throws LosslineError where there is one template, and it refuses the row */
export function lookAt(example: Example, viewpoint: Viewpoint): Looked {
  const { settings, context, otherContext } = viewpoint
  const names = strategiesOf(example, settings)
  const template = findSource(example, context)
  if (otherContext !== undefined) return lookAtBoth(example, viewpoint, otherContext)
  if (settings.other === undefined) {
    const masks = maskExample(example, context, settings.mask)
    return { masks: masks.map(masked => [{ strategy: names[0], masked }]), template, isForced: false }
  }
  const { comparisons, isForced } = maskBoth(example, names, context, settings.mask)
  const masks = comparisons.map(both => both.masks.map((masked, m) => ({ strategy: names[m]!, masked })))
  return { masks, template, isForced }
}

function lookAtBoth(example: Example, viewpoint: Viewpoint, otherContext: MaskContext): Looked {
  const names = strategiesOf(example, viewpoint.settings)
  const { sides, isForced } = maskTemplates(example, viewpoint, otherContext)
  const [first, second] = sides
  return {
    masks: listExamples(first).map(masked => [{ strategy: names[0], masked }]),
    template: findSource(example, viewpoint.context),
    error: first.kind === 'failed' ? first.error : undefined,
    other: {
      examples: listExamples(second).map(masked => ({ strategy: names[1], masked })),
      template: findSource(example, otherContext),
      error: second.kind === 'failed' ? second.error : undefined,
    },
    isForced,
  }
}

/** The row's examples on the first side, and how many tokens the second does not agree on. @throws LosslineError */
export function countRow(
  example: Example,
  viewpoint: Viewpoint,
): { readonly examples: readonly Masked[]; readonly different: number } {
  const { settings, context } = viewpoint
  if (settings.other === undefined)
    return { examples: maskExample(example, context, settings.mask), different: 0 }
  const [first, second] = toSides(example, viewpoint)
  if (first.kind === 'failed') throw first.error
  return { examples: first.examples, different: countDifferent(first.examples, listExamples(second)) }
}

function toSides(example: Example, viewpoint: Viewpoint): readonly [MaskedSide, MaskedSide] {
  const { settings, context, otherContext } = viewpoint
  if (otherContext !== undefined) return maskTemplates(example, viewpoint, otherContext).sides
  const { comparisons } = maskBoth(example, strategiesOf(example, settings), context, settings.mask)
  const side = (s: 0 | 1): MaskedSide => ({
    kind: 'masked',
    examples: comparisons.map(({ masks }) => masks[s]),
  })
  return [side(0), side(1)]
}

function maskTemplates(
  example: Example,
  { settings, context }: Viewpoint,
  otherContext: MaskContext,
): ReturnType<typeof maskSides> {
  const [first, second] = strategiesOf(example, settings)
  const sides = [
    { strategy: first, context },
    { strategy: second, context: otherContext },
  ] as const
  return maskSides(example, sides, settings.mask)
}

function strategiesOf(
  example: Example,
  { mask, other }: ViewSettings,
): readonly [StrategyName, StrategyName] {
  const first = mask.strategy ?? defaultStrategy(example)
  return [first, other?.strategy ?? first]
}

function findSource(example: Example, { templates }: MaskContext): string | undefined {
  return example.kind === 'conversation' ? selectTemplate(templates, example)?.source : undefined
}

function listExamples(side: MaskedSide): readonly Masked[] {
  return side.kind === 'masked' ? side.examples : []
}

/** Of a side that failed nothing is as on the other. */
function countDifferent(first: readonly Masked[], second: readonly Masked[]): number {
  let count = 0
  for (const [e, masked] of first.entries()) {
    const other = second[e]
    if (other === undefined) {
      count += masked.encoded.ids.length
      continue
    }
    const counterparts = isSameTokens(masked, other) ? undefined : alignTokens(masked, other)
    count += addDifference(countDifference(toSide(masked), toSide(other), counterparts))
  }
  return count
}

function toSide({ encoded, runs }: Masked): Side {
  return { tokens: encoded.ids.length, runs }
}
