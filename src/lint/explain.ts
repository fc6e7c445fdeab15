import { writeJson } from '../json/index.ts'
import type { ModelConfigs } from '../model-folder/index.ts'
import { MENDS } from './fixes/index.ts'
import type { Rule, RuleExample } from './rule.ts'
import { RULES } from './rules/index.ts'

const SEVERITIES = { error: 'error', warn: 'warning', info: 'info' } as const

const NEEDS: Readonly<Record<string, string>> = {
  'max-length': 'Not run with `--max-length none`.',
  columnar: 'Run on Arrow and Parquet.',
  vocabulary: 'Run where config.json lies beside the tokenizer.',
  'own-template': 'Run with `--chat-template`, where the folder has a template too.',
  training: 'Looked for by `lossline train`; `check` has no training to look at.',
  evaluation: 'Looked for by `lossline train`; `check` has no evaluation to look at.',
  prepared: 'Run on folders that `lossline prepare` wrote.',
  'model-report': 'Run by `lossline check --model FOLDER`, without a file.',
  marks: 'Run on templates with `{% generation %}`.',
}

/** All that there is to say of a rule, as Markdown: its page, and what `lossline explain` prints. */
export function explainRule(rule: Rule): string {
  const { name, severity, trigger, effect, fix, needs = [] } = rule
  const needed = needs.flatMap(need => NEEDS[need] ?? [])
  return [
    `# ${name}`,
    [`**${SEVERITIES[severity]}**`, trigger, ...needed].join(' '),
    '## What it does to a training',
    effect,
    '## What to do',
    ...MENDS.filter(({ rules }) => rules.includes(name)).map(
      ({ does }) => `\`lossline check FILE --fix OUT\` mends some of it: ${lowerFirst(does)}`,
    ),
    `${fix} ${needs.includes('training') ? `\`train --allow-findings ${name}\` goes on as it is.` : `\`--rule ${name}=off\` leaves it out, ${severity === 'error' ? `\`${name}=warn\` makes it a warning` : `\`${name}=error\` makes it an error`}.`}`,
    '## Wrong',
    ...explainExample(rule.wrong),
    '## Right',
    ...explainExample(rule.right),
  ].join('\n\n')
}

function lowerFirst(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1)
}

/** The table of all rules, as Markdown. */
export function listRules(): string {
  const lines = RULES.map(
    ({ name, severity, trigger }) =>
      `| [${name}](${name}.md) | ${SEVERITIES[severity]} | ${trigger.replaceAll('|', '\\|')} |`,
  )
  return [
    '# Rules',
    '',
    'What `lossline check` looks for, in this order. `check` exits with 1 for errors.',
    '',
    '| rule | severity | fires when |',
    '| --- | --- | --- |',
    ...lines,
  ].join('\n')
}

/** Rows are the same in many examples; one of a kind is enough to see. */
const SHOWN_ROWS = 3

function explainExample(example: RuleExample): string[] {
  const { rows = [], prepared, template, maxLength, mask, facts, specialTokens, stops, configs } = example
  const shown = rows.slice(0, SHOWN_ROWS).map(row => writeJson(row))
  const more = rows.length > SHOWN_ROWS ? [`… and ${rows.length - SHOWN_ROWS} more`] : []
  const settings = [
    ...(stops === undefined ? [] : [`generation stops on ${stops.map(code).join(', ')}`]),
    ...Object.entries(specialTokens ?? {}).map(([name, token]) => `${code(name)} is ${code(token)}`),
    ...(example.addsBos === true ? ['the tokenizer adds it'] : []),
    ...(example.merges ?? []).map(([left, right]) => `${code(left + right)} is one token`),
    ...(mask === undefined ? [] : [`masks are made with ${code(JSON.stringify(mask))}`]),
    ...(maxLength === undefined ? [] : [`rows are cut to ${maxLength} tokens, each of one byte`]),
    ...Object.entries(facts ?? {}).map(([name, value]) => explainFact(name, value)),
    ...(configs === undefined ? [] : explainConfigs(configs)),
    ...(example.breaksOffsets === true
      ? ['the tokenizer says of every token that it has no characters']
      : []),
  ]
  return [
    ...(shown.length === 0 ? [] : [fence('json', [...shown, ...more].join('\n'))]),
    ...(template === undefined ? [] : ['with the template', fence('jinja', template)]),
    ...(prepared === undefined ? [] : [fence('json', explainPrepared(prepared))]),
    ...(settings.length === 0 ? [] : [`Here ${settings.join('; ')}.`]),
  ]
}

function explainFact(name: string, value: unknown): string {
  if (name === 'ownTemplate') return `the model folder’s own template is ${code(String(value))}`
  if (!(value instanceof Map)) return `${name} is ${String(value)}`
  const ids = [...(value as ReadonlyMap<number, string>).keys()]
  return `the rows of the ids ${ids[0]} to ${ids.at(-1)} in the head are all zero, and it is not trained`
}

function explainConfigs({ generation, model, unusedTemplates }: ModelConfigs): string[] {
  const files = [
    ['generation_config.json', generation],
    ['config.json', model],
  ] as const
  const said = files.flatMap(([file, ids]) => [
    ...(['eos', 'bos', 'pad'] as const).flatMap(name =>
      ids === undefined || ids[name].length === 0
        ? []
        : [`${code(`${name}_token_id`)} of ${file} is ${ids[name].join(', ')}`],
    ),
  ])
  const size = model?.vocabSize
  return [
    ...said,
    ...(size === undefined ? [] : [`${code('vocab_size')} of config.json is ${size}`]),
    ...unusedTemplates.map(({ source, file }) => `the template in ${file} is ${code(source)}`),
    ...(said.length === 0 && size === undefined && unusedTemplates.length === 0
      ? ['no other file says anything']
      : []),
  ]
}

function explainPrepared({ rows, facts }: NonNullable<RuleExample['prepared']>): string {
  const lines = rows.map(({ inputIds, labels, seqLengths }) =>
    JSON.stringify({
      input_ids: [...inputIds],
      labels: [...labels],
      ...(seqLengths === undefined ? {} : { seq_lengths: [...seqLengths] }),
    }),
  )
  const { packing, columns, changed } = facts
  return [
    ...lines,
    `columns: ${columns.join(', ')}${packing === undefined ? '' : `; packing: ${packing}`}${changed.length === 0 ? '' : `; ${changed.join(', ')}`}`,
  ].join('\n')
}

function code(text: string): string {
  return `\`${text.replaceAll('\n', '\\n')}\``
}

function fence(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``
}
