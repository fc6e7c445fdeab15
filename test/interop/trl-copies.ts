import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ComparedRow, compareRow, KINDS, TOOLS } from '../../src/compare/index.ts'
import { LosslineError } from '../../src/error.ts'
import { markTemplate } from '../../src/mark/index.ts'
import type { MaskContext } from '../../src/mask/index.ts'
import { ChatTemplate } from '../../src/template/index.ts'
import { makeTokenizer } from '../mask/tokenizer.ts'

/** What ends generation in these models. */
const STOPS = [
  ...['</s>', '<|im_end|>', '<|eot_id|>', '<|end|>', '<|END_OF_TURN_TOKEN|>', '<end_of_turn>', '<turn|>'],
  ...['<end_of_utterance>', '<|tool_response>', '<｜end▁of▁sentence｜>', '<|user|>', '<|observation|>'],
]
const specialTokens = { bos_token: '<s>', eos_token: '</s>', pad_token: '<pad>', unk_token: '<unk>' }

/** One template with marks, over the conversations that `lossline mark` tries. */
export interface MarkScore {
  /** Conversations that it renders. */
  readonly rendered: number
  /** Of which it trains what the model has to write, and no more. */
  readonly exact: number
  /** Of which it renders as the template without marks does. */
  readonly same: number
  /** What it trains otherwise, each once. */
  readonly differences: readonly string[]
}

/** A template that TRL has a patched copy of. */
export interface TrlPair {
  readonly name: string
  readonly ours: MarkScore
  readonly trl: MarkScore
}

/** Marks put in by `lossline mark`, and those of TRL's copies, for every template of a folder that has both. */
export async function comparePairs(folder: string): Promise<TrlPair[]> {
  const pairs: TrlPair[] = []
  for (const file of readdirSync(folder).filter(name => name.endsWith('_training.jinja'))) {
    const original = file.replace('_training', '')
    if (!existsSync(join(folder, original))) continue
    const source = readFileSync(join(folder, original), 'utf8')
    const patched = readFileSync(join(folder, file), 'utf8')
    const tokenizer = await makeTokenizer(patched)
    const stopIds = new Set(STOPS.flatMap(stop => tokenizer.tokenToId(stop) ?? []))
    const context: MaskContext = {
      tokenizer,
      templates: [ChatTemplate.compile(source)],
      specialTokens,
      stopIds,
    }
    const { source: marked, checked } = markTemplate(source, context, original)
    const score = (copy: string): MarkScore => scoreCopy(copy, checked, context)
    const name = original.replace(/^trl--|\.jinja$/g, '')
    pairs.push({ name, ours: score(marked), trl: score(patched) })
  }
  return pairs
}

function scoreCopy(
  source: string,
  checked: ReturnType<typeof markTemplate>['checked'],
  context: MaskContext,
): MarkScore {
  const copy = ChatTemplate.compile(source)
  const rows: { row: ComparedRow; isSame: boolean }[] = []
  for (const { conversation } of checked) {
    const render = (template: ChatTemplate): string =>
      template.renderText(conversation, { variables: specialTokens })
    try {
      const row = compareRow(conversation, TOOLS.transformers, { ...context, templates: [copy] })
      rows.push({ row, isSame: render(copy) === render(context.templates[0]!) })
    } catch (error) {
      if (!(error instanceof LosslineError)) throw error
    }
  }
  const differences = rows.flatMap(({ row }) =>
    row.differences.map(({ kind, text }) => `${kind} ${JSON.stringify(text)}`),
  )
  return {
    rendered: rows.length,
    exact: rows.filter(({ row }) => row.differences.length === 0).length,
    same: rows.filter(({ isSame }) => isSame).length,
    differences: [...new Set(differences)].sort(),
  }
}

/** As docs/marks.md has them. */
export function toPairTable(pairs: readonly TrlPair[]): string {
  const rows = pairs.map(({ name, ours, trl }) => {
    const score = ({ exact, rendered }: MarkScore): string => `${exact} of ${rendered}`
    const other =
      trl.same === trl.rendered ? [] : [`another text in ${trl.rendered - trl.same} of ${trl.rendered}`]
    const cells = [name, score(ours), score(trl), [...other, ...trl.differences.map(toCell)].join('; ')]
    return `| ${cells.join(' | ')} |`
  })
  const kinds = new Set(pairs.flatMap(({ trl }) => trl.differences.map(text => text.split(' ')[0]!)))
  const legend = Object.entries(KINDS).flatMap(([kind, text]) =>
    kinds.has(kind) ? [`- ${kind}: ${text}.`] : [],
  )
  return [
    "| template | `lossline mark` | TRL's copy | what TRL's copy does otherwise |",
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    ...legend,
  ].join('\n')
}

/** A bar would end the cell. */
function toCell(difference: string): string {
  const at = difference.indexOf(' ')
  return `${difference.slice(0, at)} \`${difference.slice(at + 1).replaceAll('|', '\\|')}\``
}
