import type { RowOptions } from '../conversation/index.ts'
import type { RowsOptions } from '../prepare/index.ts'
import type { Io } from './io.ts'
import { toMaskOptions } from './mask-options.ts'
import { readTemplateFile, resolveTokenizer } from './model-path.ts'
import type { Values } from './options.ts'

/** What is done to each row, whether rows come from files or through a pipe. */
export async function toRowsOptions(values: Values, io: Io): Promise<RowsOptions> {
  const mask = toMaskOptions(values)
  const model = await resolveTokenizer(values, io)
  const rows = toRowOptions(values)
  return {
    model,
    mask,
    cache: values.no_cache !== true,
    ...(rows !== undefined && { rows }),
    ...(values.chat_template !== undefined && { chatTemplate: readTemplateFile(values.chat_template) }),
    ...(values.chat_template_kwargs !== undefined && { chatTemplateKwargs: values.chat_template_kwargs }),
    ...(values.now !== undefined && { now: values.now }),
    ...(values.max_length !== undefined && {
      maxLength: values.max_length === 'none' ? undefined : values.max_length,
    }),
    ...(values.truncation !== undefined && { truncation: values.truncation }),
  }
}

export function toRowOptions({ input_format, column_map, role_map }: Values): RowOptions | undefined {
  if (input_format?.rows === undefined && column_map === undefined && role_map === undefined) return undefined
  return {
    ...(input_format?.rows !== undefined && { format: input_format.rows }),
    ...(column_map !== undefined && { columnMap: column_map }),
    ...(role_map !== undefined && { roleMap: role_map }),
  }
}
