import type { Conversation } from '../conversation/index.ts'
import { LosslineError } from '../error.ts'
import { readModelFolder } from '../hub/index.ts'
import { toHarmless, toTraceJson, toTraceView } from '../inspect/index.ts'
import { ChatTemplate, type RenderOptions, selectTemplate } from '../template/index.ts'
import type { CommandInput } from './command.ts'
import type { ExitCode, Io } from './io.ts'
import { readTemplateFile, resolveTokenizer } from './model-path.ts'
import type { Values } from './options.ts'
import { forEachRow, type Row } from './rows.ts'

/** `lossline render`: the text that the template makes of each row. */
export async function runRender({ file, values }: CommandInput, io: Io): Promise<ExitCode> {
  const { templates, options } = await openTemplates(values, io)
  const isJson = values.json === true
  let written = 0
  const { failed } = await forEachRow(file, values, io, {
    each: async row => {
      const conversation = toConversation(row)
      const { template } = selectTemplate(templates, conversation)
      const rendered = template.render(conversation, options)
      if (isJson) {
        const pieces = values.trace === true ? { pieces: toTraceJson(rendered) } : {}
        await io.write(`${JSON.stringify({ row: row.row, text: rendered.text, ...pieces })}\n`)
        return
      }
      const text = io.isTerminal ? toHarmless(rendered.text) : rendered.text
      const isAlone = values.row !== undefined
      const head = isAlone ? '' : `${written++ === 0 ? '' : '\n'}── row ${row.row}  ${row.where}\n`
      await io.write(
        `${head}${values.trace === true ? `${toTraceView(rendered)}\n` : endLine(text, isAlone)}`,
      )
    },
    failed: async (row, error) => {
      if (isJson) await io.write(`${JSON.stringify({ row, error })}\n`)
    },
  })
  return failed === 0 ? 0 : 1
}

/** One row alone is its text to the byte; of several, each ends its line. */
function endLine(text: string, isAlone: boolean): string {
  return isAlone || text.endsWith('\n') ? text : `${text}\n`
}

interface NamedChatTemplate {
  readonly name: string
  readonly template: ChatTemplate
}

async function openTemplates(
  values: Values,
  io: Io,
): Promise<{ templates: NamedChatTemplate[]; options: RenderOptions }> {
  if (values.chat_template === undefined && values.tokenizer === undefined) {
    const fix = 'Name a file with a chat template, or a model folder that has one with {tokenizer}.'
    throw new LosslineError('cli/missing', 'is needed', { where: '--chat-template', fix })
  }
  const folder =
    values.tokenizer === undefined ? undefined : readModelFolder(await resolveTokenizer(values, io))
  const sources =
    values.chat_template === undefined ? folder!.templates : [readTemplateFile(values.chat_template)]
  if (sources.length === 0) {
    const what = `is needed: ${folder!.folder} has no chat template`
    throw new LosslineError('cli/missing', what, { where: '--chat-template', fix: 'Name a file with one.' })
  }
  return {
    templates: sources.map(({ name, source, file }) => {
      // Errors name the file; of a file that holds several templates, which of them.
      const place = sources.length === 1 ? file : `${file}(${name})`
      return { name, template: ChatTemplate.compile(source, { name: place }) }
    }),
    options: {
      addGenerationPrompt: values.add_generation_prompt === true,
      continueFinalMessage: values.continue_final_message === true,
      ...(folder !== undefined && { variables: folder.specialTokens }),
      ...(values.chat_template_kwargs !== undefined && { chatTemplateKwargs: values.chat_template_kwargs }),
      ...(values.now !== undefined && { now: values.now }),
    },
  }
}

function toConversation({ example }: Row): Conversation {
  if (example.kind === 'conversation') return example
  const fix = 'Only rows with messages go through a chat template.'
  throw new LosslineError('render/no-messages', 'has no messages', { fix })
}
