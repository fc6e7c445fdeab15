import { basename } from 'node:path'
import type { NamedTemplate } from '../model-folder/index.ts'
import { ChatTemplate } from '../template/index.ts'
import type { ViewSettings } from '../view/index.ts'
import { toMaskOptions } from './mask-options.ts'
import { readTemplateFile } from './model-path.ts'
import type { Values } from './options.ts'
import { toStrategy } from './strategies.ts'

/**
 * What the options say of masks and templates, as the page has it.
 *
 * @param templates of which the first is chosen
 * @throws LosslineError `cli/option`
 */
export function toViewSettings(values: Values, templates: readonly NamedTemplate[]): ViewSettings {
  const { compare, chat_template_kwargs } = values
  const mask = toMaskOptions(values)
  const [first, second] = compare?.map(name => toStrategy(name, '--compare')) ?? []
  const [template] = templates
  return {
    tokenizer: undefined,
    mask: first === undefined ? mask : { ...mask, strategy: first },
    template: template === undefined ? { kind: 'model' } : { kind: 'named', name: template.name },
    kwargs: chat_template_kwargs,
    other: second === undefined ? undefined : { strategy: second, template: undefined },
    isSideBySide: false,
  }
}

/** Templates in files, each under its file's name. @throws LosslineError `file/chat-template`, and as `ChatTemplate.compile` */
export function readTemplates(files: readonly string[]): NamedTemplate[] {
  const names = toNames(files)
  return files.map((file, f) => {
    const { source } = readTemplateFile(file)
    ChatTemplate.compile(source, { name: file })
    return { name: names[f]!, source, file }
  })
}

/** The last part of each path; the whole path where two end alike. */
export function toNames(paths: readonly string[]): string[] {
  const names = paths.map(path => basename(path))
  return paths.map((path, p) => (names.filter(name => name === names[p]).length > 1 ? path : names[p]!))
}
