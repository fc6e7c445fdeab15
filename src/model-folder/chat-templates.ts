import { LosslineError } from '../error.ts'
import type { Json, JsonObject } from '../json/index.ts'
import { isObject, type ModelFiles, readObject } from './files.ts'

/** A named chat template and the file that it was read from. */
export interface NamedTemplate {
  /** `default`, `tool_use`, … */
  readonly name: string
  readonly source: string
  /** For messages: `chat_template.jinja`, `tokenizer_config.json`. */
  readonly file: string
}

const TEMPLATES_FOLDER = 'additional_chat_templates'

/**
 * The chat templates of a model folder, with transformers 5's precedence: chat_template.jinja and `additional_chat_templates/*.jinja` where
 * there is any of them, else the field of tokenizer_config.json, one template or a list of named ones. chat_template.json, which only
 * processors read, comes last.
 */
export function readTemplates(model: ModelFiles, config: JsonObject): readonly NamedTemplate[] {
  return PLACES.map(read => read(model, config)).find(templates => templates.length > 0) ?? []
}

/** Templates that {@link readTemplates} passes over, since there are others in a place that comes first. */
export function readUnusedTemplates(model: ModelFiles, config: JsonObject): readonly NamedTemplate[] {
  const [, ...others] = PLACES.map(read => read(model, config)).filter(templates => templates.length > 0)
  return others.flat()
}

/** Where templates may lie, the first that has some is taken. */
const PLACES: readonly ((model: ModelFiles, config: JsonObject) => readonly NamedTemplate[])[] = [
  readTemplateFiles,
  (model, config) => toTemplates(config['chat_template'], model, 'tokenizer_config.json'),
  model =>
    toTemplates(readObject(model, 'chat_template.json')?.['chat_template'], model, 'chat_template.json'),
]

function readTemplateFiles(model: ModelFiles): NamedTemplate[] {
  const named = (name: string, file: string): NamedTemplate[] => {
    const source = model.readText(file)
    return source === undefined ? [] : [{ name, source: toUnixLines(source), file }]
  }
  const additional = model.list(TEMPLATES_FOLDER).filter(file => file.endsWith('.jinja'))
  return [
    ...named('default', 'chat_template.jinja'),
    ...additional.flatMap(file => named(file.slice(0, -'.jinja'.length), `${TEMPLATES_FOLDER}/${file}`)),
  ]
}

/** Python reads text files with any line ending as `\n`; a field of a JSON file stays as it is. */
function toUnixLines(text: string): string {
  return text.replace(/\r\n?/g, '\n')
}

function toTemplates(value: Json | undefined, model: ModelFiles, file: string): NamedTemplate[] {
  if (value === undefined || value === null) return []
  if (typeof value === 'string') return [{ name: 'default', source: value, file }]
  const entries: readonly (readonly [Json | undefined, Json | undefined])[] = isObject(value)
    ? Object.entries(value)
    : Array.isArray(value)
      ? value.map((item: Json) =>
          isObject(item) ? [item['name'], item['template']] : [undefined, undefined],
        )
      : [[undefined, undefined]]
  return entries.map(([name, source]) => {
    if (typeof name === 'string' && typeof source === 'string') return { name, source, file }
    const fix = 'Write the template as a string, or as a list of {"name", "template"}.'
    throw new LosslineError('hub/chat-template', 'has a chat_template that is no template', {
      where: model.describe(file),
      fix,
    })
  })
}
