import type { ViewSettings } from '../view/index.ts'
import { toMaskOptions } from './mask-options.ts'
import { readTemplateFile } from './model-path.ts'
import type { Values } from './options.ts'
import { toStrategy } from './strategies.ts'

/** What the options say of masks and templates, as the page has it. @throws LosslineError `cli/option`, `file/chat-template` */
export function toViewSettings(values: Values): ViewSettings {
  const { compare, chat_template, chat_template_kwargs } = values
  const mask = toMaskOptions(values)
  const [first, second] = compare?.map(name => toStrategy(name, '--compare')) ?? []
  return {
    mask: first === undefined ? mask : { ...mask, strategy: first },
    compare: second,
    template: chat_template === undefined ? undefined : readTemplateFile(chat_template).source,
    kwargs: chat_template_kwargs,
  }
}
