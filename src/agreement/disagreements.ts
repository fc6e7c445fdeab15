import { type FoundExample, findDifference } from '../lint/index.ts'
import type { Finding } from '../mask/index.ts'
import type { ModelConfigs, NamedTemplate } from '../model-folder/index.ts'
import type { FilesReport, StopReport, TokenInFiles } from './files.ts'

export interface Compared {
  readonly files: FilesReport
  readonly stops: readonly StopReport[]
  readonly configs: ModelConfigs
  readonly templates: readonly NamedTemplate[]
  /** The token of an id; undefined where the tokenizer has none, or there is no tokenizer. */
  readonly nameId: ((id: number) => string | undefined) | undefined
  /** A file as messages name it. */
  readonly where: (file: string) => string
}

/** Where the files of a model contradict one another. */
export function findDisagreements(compared: Compared): FoundExample[] {
  return [
    ...compareStops(compared),
    ...compareIds(compared),
    ...compareVocabulary(compared),
    ...compareTemplates(compared),
  ]
}

function found(where: string, finding: Finding): FoundExample {
  return { where, finding, excerpt: undefined }
}

/** What transformers' `generate` stops on is in generation_config.json, or in config.json where there is none of it. */
function compareStops({ stops, configs, where }: Compared): FoundExample[] {
  const isGeneration = configs.generation !== undefined
  const file = isGeneration ? 'generation_config.json' : 'config.json'
  const configured = (isGeneration ? configs.generation : configs.model)?.eos
  if (configured === undefined) return []
  return stops.flatMap(({ text, id, by, turns }) => {
    if (id === undefined || (by !== 'stop' && by !== 'next-turn') || configured.includes(id)) return []
    const has =
      configured.length === 0 ? 'names no eos_token_id' : `has eos_token_id ${configured.join(', ')}`
    const words = `Answers (${listSome(turns)}) end with ${JSON.stringify(text)} (${id}), and ${file} ${has}.`
    return [found(where(file), { rule: 'stop-not-in-generation-config', severity: 'warn', text: words })]
  })
}

function listSome(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(', ')
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown
}

function compareIds({ files, stops, configs, nameId, where }: Compared): FoundExample[] {
  const told = new Set(stops.map(({ id }) => id))
  const sources = [
    ['generation_config.json', 'generation'],
    ['config.json', 'model'],
  ] as const
  return sources.flatMap(([file, key]) =>
    files.tokens.flatMap(token => {
      const ids = token[key] ?? []
      const unknown = nameId === undefined ? [] : ids.filter(id => nameId(id) === undefined)
      const findings = unknown.map(id => toUnknown(file, token, id))
      const differs = toDiffering(file, token, ids)
      // That the end of answers is missing there has a rule of its own.
      const isTold = token.name === 'eos' && told.has(token.tokenizer?.id) && isTeller(file, configs)
      if (differs !== undefined && !isTold) findings.push(differs)
      return findings.map(finding => found(where(file), finding))
    }),
  )
}

function isTeller(file: string, { generation }: ModelConfigs): boolean {
  return file === (generation === undefined ? 'config.json' : 'generation_config.json')
}

function toUnknown(file: string, { name }: TokenInFiles, id: number): Finding {
  const text = `${file} has ${name}_token_id ${id}, and the tokenizer has no token of that id.`
  return { rule: 'token-ids-differ', severity: 'warn', text }
}

function toDiffering(
  file: string,
  { name, tokenizer }: TokenInFiles,
  ids: readonly number[],
): Finding | undefined {
  if (ids.length === 0 || tokenizer?.id === undefined || ids.includes(tokenizer.id)) return undefined
  const own = `${JSON.stringify(tokenizer.text)} (${tokenizer.id})`
  const text = `${file} has ${name}_token_id ${ids.join(', ')}, and the tokenizer’s ${name}_token is ${own}.`
  return { rule: 'token-ids-differ', severity: name === 'pad' ? 'info' : 'warn', text }
}

function compareVocabulary({ files: { vocabulary }, nameId, where }: Compared): FoundExample[] {
  const { model, tokenizer } = vocabulary
  if (model === undefined || tokenizer === undefined || tokenizer <= model) return []
  const names = [model, model + 1, model + 2]
    .flatMap(id => nameId?.(id) ?? [])
    .map(name => JSON.stringify(name))
  const which =
    names.length === 0 ? '' : ` (${names.join(', ')}${tokenizer - model > names.length ? ', …' : ''})`
  const count = tokenizer - model
  const text = `The tokenizer has ${tokenizer.toLocaleString('en-US')} tokens and the model ${model.toLocaleString('en-US')}: ${count.toLocaleString('en-US')} of them${which} ${count === 1 ? 'has' : 'have'} no embedding.`
  return [found(where('config.json'), { rule: 'vocabulary-too-small', severity: 'warn', text })]
}

function compareTemplates({ files: { unusedTemplates }, templates, where }: Compared): FoundExample[] {
  return unusedTemplates.flatMap(unused => {
    const used = templates.find(({ name }) => name === unused.name)
    const difference = used && findDifference(used.source, unused.source)
    if (used === undefined || difference === undefined) return []
    const text = `${used.file} and ${unused.file} each have a template ${JSON.stringify(used.name)}, and they differ from ${difference}.`
    return [found(where(unused.file), { rule: 'templates-differ', severity: 'warn', text })]
  })
}
