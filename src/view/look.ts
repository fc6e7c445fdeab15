import type { Example, FormatName } from '../conversation/index.ts'
import { LosslineError } from '../error.ts'
import type { Finding } from '../finding.ts'
import { isSameTokens } from '../inspect/index.ts'
import type { Json } from '../json/index.ts'
import { type Facts, findInRow, RowSubject } from '../lint/index.ts'
import {
  defaultStrategy,
  type MaskContext,
  type Masked,
  maskExample,
  type StrategyName,
} from '../mask/index.ts'
import { selectTemplate } from '../template/index.ts'
import { addDifference, alignTokens, countDifference, type Side } from './align.ts'
import { type MaskedBoth, maskBoth } from './mask-both.ts'
import { type MaskedSide, maskSides } from './mask-sides.ts'
import type { ViewSettings } from './settings.ts'

/** How rows are looked at. */
export interface Viewpoint {
  readonly settings: ViewSettings
  readonly context: MaskContext
  /** Of the second side, where it has a template of its own. */
  readonly otherContext: MaskContext | undefined
  /** What the linter knows beside the rows. */
  readonly facts: Facts
}

/** A row that was read. */
export interface ParsedRow {
  readonly where: string
  /** As the file has it. */
  readonly value: Json
  readonly example: Example
  readonly format: FormatName
  /** What was found when it was read. */
  readonly findings: readonly Finding[]
}

/** A row that was masked, before anything is made for the page of it. */
export interface Looked {
  /** By example: one mask, or two over the same tokens. */
  readonly masks: readonly (readonly NamedMask[])[]
  /** About the row, and of no example. */
  readonly findings: readonly Finding[]
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
  /** The mask's own, and what the linter's rules find in it. */
  readonly findings: readonly Finding[]
}

/** A row as all that is asked for shows it. @throws LosslineError where there is one template, and it refuses the row */
export function lookAt(row: ParsedRow, viewpoint: Viewpoint): Looked {
  const { example } = row
  const { settings, context, otherContext } = viewpoint
  const names = strategiesOf(example, settings)
  const template = findSource(example, context)
  if (otherContext !== undefined) return lookAtBoth(row, viewpoint, otherContext)
  if (settings.other === undefined) {
    const examples = maskExample(example, context, settings.mask)
    const { findings, ofMask } = lint(row, examples, viewpoint)
    const masks = examples.map(masked => [{ strategy: names[0], masked, findings: ofMask(masked) }])
    return { masks, findings, template, isForced: false }
  }
  const both = tryMaskBoth(example, viewpoint)
  // The one that can be masked is shown beside what is wrong with the other, as with two templates.
  if (both === undefined) return lookAtBoth(row, viewpoint, context)
  const { comparisons, isForced } = both
  const examples = comparisons.map(({ masks }) => masks[0])
  const { findings, ofMask } = lint(row, examples, viewpoint)
  const masks = comparisons.map(({ masks: [first, second] }) => [
    { strategy: names[0], masked: first, findings: ofMask(first) },
    { strategy: names[1], masked: second, findings: second.findings },
  ])
  return { masks, findings, template, isForced }
}

/** Undefined where one of the two strategies refuses the row. */
function tryMaskBoth(example: Example, { settings, context }: Viewpoint): MaskedBoth | undefined {
  try {
    return maskBoth(example, strategiesOf(example, settings), context, settings.mask)
  } catch (error) {
    // A template that does not end would not for one of the two either.
    if (!(error instanceof LosslineError) || isOverrun(error)) throw error
    return undefined
  }
}

function lookAtBoth(row: ParsedRow, viewpoint: Viewpoint, otherContext: MaskContext): Looked {
  const { example } = row
  const names = strategiesOf(example, viewpoint.settings)
  const { sides, isForced } = maskTemplates(example, viewpoint, otherContext)
  const [first, second] = sides
  const { findings, ofMask } = lint(row, listExamples(first), viewpoint)
  return {
    masks: listExamples(first).map(masked => [{ strategy: names[0], masked, findings: ofMask(masked) }]),
    findings,
    template: findSource(example, viewpoint.context),
    error: first.kind === 'failed' ? first.error : undefined,
    other: {
      examples: listExamples(second).map(masked => ({
        ...{ strategy: names[1], masked },
        findings: masked.findings,
      })),
      template: findSource(example, otherContext),
      error: second.kind === 'failed' ? second.error : undefined,
    },
    isForced,
  }
}

/** What the linter's rules find in the first side of a row. */
function lint(
  row: ParsedRow,
  masks: readonly Masked[],
  viewpoint: Viewpoint,
): { readonly findings: readonly Finding[]; readonly ofMask: (masked: Masked) => readonly Finding[] } {
  // Rules ask the template too, which has refused the row then.
  if (masks.length === 0) return { findings: row.findings, ofMask: () => [] }
  const byOwner = new Map<Masked | undefined, Finding[]>()
  for (const [finding, owner] of findInRow(toSubject(row, masks, viewpoint), row.findings, {})) {
    const found = byOwner.get(owner)
    if (found === undefined) byOwner.set(owner, [finding])
    else found.push(finding)
  }
  return { findings: byOwner.get(undefined) ?? [], ofMask: masked => byOwner.get(masked) ?? [] }
}

function toSubject(row: ParsedRow, masks: readonly Masked[], viewpoint: Viewpoint): RowSubject {
  const { where, value, example, format } = row
  const { settings, context, facts } = viewpoint
  const [strategy] = strategiesOf(example, settings)
  const parts = { where, row: value, example, format, masks, cuts: undefined, context, strategy, facts }
  return new RowSubject({ ...parts, options: settings.mask })
}

/** A row as the scan counts it. */
export interface CountedRow {
  /** Of the first side. */
  readonly examples: readonly Masked[]
  /** What the linter finds in them. */
  readonly findings: readonly Finding[]
  /** Tokens that the two sides do not agree on; 0 where there is one. */
  readonly different: number
  /** The second side's, where its template does too much in the row. */
  readonly overrun: LosslineError | undefined
}

/** Whether a rendering was ended for what it did, or for the time that it took. */
export function isOverrun({ code }: LosslineError): boolean {
  return code === 'template/limit'
}

/** @throws LosslineError where the first side refuses the row */
export function countRow(row: ParsedRow, viewpoint: Viewpoint): CountedRow {
  const { settings, context } = viewpoint
  if (settings.other === undefined) {
    const examples = maskExample(row.example, context, settings.mask)
    return { examples, findings: listFindings(row, examples, viewpoint), different: 0, overrun: undefined }
  }
  const [first, second] = toSides(row.example, viewpoint)
  if (first.kind === 'failed') throw first.error
  const { examples } = first
  const findings = listFindings(row, examples, viewpoint)
  const overrun = second.kind === 'failed' && isOverrun(second.error) ? second.error : undefined
  return { examples, findings, different: countDifferent(examples, listExamples(second)), overrun }
}

function listFindings(row: ParsedRow, masks: readonly Masked[], viewpoint: Viewpoint): Finding[] {
  return findInRow(toSubject(row, masks, viewpoint), row.findings, {}).map(([finding]) => finding)
}

function toSides(example: Example, viewpoint: Viewpoint): readonly [MaskedSide, MaskedSide] {
  const { context, otherContext } = viewpoint
  if (otherContext !== undefined) return maskTemplates(example, viewpoint, otherContext).sides
  const both = tryMaskBoth(example, viewpoint)
  if (both === undefined) return maskTemplates(example, viewpoint, context).sides
  const { comparisons } = both
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
