import { reportModel } from '../../src/agreement/index.ts'
import { parseRow } from '../../src/conversation/index.ts'
import { LosslineError } from '../../src/error.ts'
import { type Json, parseJson, writeJson } from '../../src/json/index.ts'
import { CHATML } from '../../src/lint/example.ts'
import {
  addRuleTallies,
  addStates,
  emptyLintTally,
  type Facts,
  type FoundExample,
  findInRow,
  type LintReport,
  type LintTally,
  lintFailure,
  lintModel,
  lintRow,
  listPreparedRules,
  type Mended,
  mendRow,
  NO_FACTS,
  RowSubject,
  type RuleExample,
  type RuleLevels,
  type SeenRow,
  toFailureFinding,
  toLintReport,
} from '../../src/lint/index.ts'
import { defaultStrategy, type MaskContext, maskExample } from '../../src/mask/index.ts'
import type { ModelConfigs } from '../../src/model-folder/index.ts'
import { truncate } from '../../src/prepare/truncate.ts'
import { ChatTemplate } from '../../src/template/index.ts'
import { Tokenizer } from '../../src/tokenizer/index.ts'
import { makeTokenizerJson } from '../mask/tokenizer.ts'

/** What the linter says of an example of a rule: each row is a chunk of its own, so that counts are added up too. */
export async function runExample(example: RuleExample, levels: RuleLevels = {}): Promise<LintReport> {
  const facts: Facts = { ...NO_FACTS, ...example.facts }
  const context = await makeContext(example)
  if (example.configs !== undefined) return reportFolder(example.configs, context, levels)
  const tally = emptyLintTally()
  for (const [r, row] of (example.rows ?? []).entries()) {
    const one = lintOne(row, `rows.jsonl:${r + 1}`, { example, context, facts, levels })
    addRuleTallies(tally, one)
    addStates(tally, one)
  }
  const ofModel =
    example.rows === undefined
      ? []
      : lintModel({ context, options: example.mask ?? {}, facts }, 'model', levels)
  return toLintReport(tally, [...ofModel, ...lintPrepared(example, levels)], { given: new Set(), levels })
}

/** What is said of a model folder without rows. */
function reportFolder(configs: ModelConfigs, context: MaskContext, levels: RuleLevels): LintReport {
  const templates = context.templates.map(({ source }) => ({
    name: 'default',
    source,
    file: 'chat_template.jinja',
  }))
  return reportModel({ context, templates, configs, hasTokenizer: true, where: file => file }, levels).lint
}

function lintOne(
  row: Json,
  where: string,
  {
    example,
    context,
    facts,
    levels,
  }: { example: RuleExample; context: MaskContext; facts: Facts; levels: RuleLevels },
): LintTally {
  const tally = emptyLintTally()
  try {
    const parsed = parseRow(row)
    const options = example.mask ?? {}
    const masks = maskExample(parsed.example, context, options)
    const { maxLength, truncation = 'keep-start' } = example
    const cuts =
      maxLength === undefined
        ? undefined
        : masks.map(masked => truncate(masked, { maxLength, truncation }).pieces)
    const strategy = options.strategy ?? defaultStrategy(parsed.example)
    const { example: parsedExample, format, findings } = parsed
    lintRow(
      tally,
      new RowSubject({
        where,
        row,
        example: parsedExample,
        format,
        masks,
        cuts,
        context,
        options,
        strategy,
        facts,
      }),
      findings,
      levels,
    )
  } catch (error) {
    if (!(error instanceof LosslineError)) throw error
    lintFailure(tally, where, error)
  }
  return tally
}

function lintPrepared({ prepared }: RuleExample, levels: RuleLevels): FoundExample[] {
  if (prepared === undefined) return []
  const { rows, facts } = prepared
  return listPreparedRules(levels)
    .flatMap(rule => [
      ...(rule.checkFolder?.(facts) ?? []),
      ...rows.flatMap(row => rule.check?.(row, facts) ?? []),
    ])
    .map(finding => ({ where: 'prepared', finding, excerpt: undefined }))
}

/** What the rules see in a row, as `check` looks at it. */
export function lookAt(row: Json, example: RuleExample, context: MaskContext): SeenRow {
  try {
    const { example: parsed, format, findings } = parseRow(row)
    const options = example.mask ?? {}
    const masks = maskExample(parsed, context, options)
    const strategy = options.strategy ?? defaultStrategy(parsed)
    const facts: Facts = { ...NO_FACTS, ...example.facts }
    const parts = { where: 'row', row, example: parsed, format, masks, cuts: undefined, context, options }
    const placed = findInRow(new RowSubject({ ...parts, strategy, facts }), findings, {})
    return { findings: placed.map(([finding]) => finding), masks, error: undefined }
  } catch (error) {
    if (!(error instanceof LosslineError)) throw error
    return { findings: [toFailureFinding(error)], masks: [], error }
  }
}

/** A row after the mends, as JSON and as a value. */
export function mendExample(
  row: Json,
  example: RuleExample,
  context: MaskContext,
  text: string = writeJson(row),
): { readonly text: string; readonly row: Json; readonly seen: SeenRow; readonly mended: readonly Mended[] } {
  const look = (value: Json): SeenRow => lookAt(value, example, context)
  const isColumnar = example.facts?.isColumnar ?? false
  const mended = mendRow(text, row, look(row), { look, context, rows: undefined, levels: {}, isColumnar })
  return { ...mended, row: parseJson(mended.text) }
}

export async function makeContext(example: RuleExample): Promise<MaskContext> {
  const { template = CHATML, stops = ['<|im_end|>'], specialTokens = {} } = example
  const tokenizer = await makeTokenizer(template, example)
  return {
    tokenizer,
    templates: [ChatTemplate.compile(template)],
    specialTokens,
    stopIds: new Set(stops.map(stop => tokenizer.tokenToId(stop)!)),
  }
}

async function makeTokenizer(template: string, example: RuleExample): Promise<Tokenizer> {
  const json = makeTokenizerJson(template, [...(example.stops ?? []), '<|im_start|>', '<|im_end|>']) as {
    added_tokens: { id: number; content: string }[]
    model: { vocab: Record<string, number>; merges: (readonly [string, string])[] }
    post_processor: object | null
  }
  const { vocab } = json.model
  for (const [left, right] of example.merges ?? []) vocab[left + right] ??= Object.keys(vocab).length
  json.model.merges = [...(example.merges ?? [])]
  for (const [a, token] of json.added_tokens.entries()) token.id = Object.keys(vocab).length + a
  if (example.addsBos === true) {
    const id = json.added_tokens.find(({ content }) => content === '<s>')!.id
    json.post_processor = {
      type: 'TemplateProcessing',
      single: [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
      pair: [{ Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 1 } }],
      special_tokens: { '<s>': { id: '<s>', ids: [id], tokens: ['<s>'] } },
    }
  }
  const tokenizer = await Tokenizer.fromJSON(json)
  return example.breaksOffsets === true ? withoutOffsets(tokenizer) : tokenizer
}

/** As meta-llama's tokenizer once was: every token has an empty range where it ends. */
function withoutOffsets(tokenizer: Tokenizer): Tokenizer {
  return new Proxy(tokenizer, {
    get(target, name) {
      if (name === 'encode')
        return (...given: Parameters<Tokenizer['encode']>) => {
          const encoded = target.encode(...given)
          return { ...encoded, starts: encoded.ends }
        }
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}
