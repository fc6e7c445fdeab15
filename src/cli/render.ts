import type { Conversation } from '../conversation/index.ts'
import { LosslineError, quote } from '../error.ts'
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
  const notice = makeVariablesNotice(templates, values, io)
  const isJson = values.json === true
  let written = 0
  const { failed } = await forEachRow(file, values, io, {
    each: async row => {
      const conversation = toConversation(row)
      notice(conversation)
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

/** Special tokens are the model's: without one a template that writes them writes nothing there, as Jinja does. */
function tellUnset(templates: readonly NamedChatTemplate[], values: Values, io: Io): void {
  if (values.tokenizer !== undefined) return
  const given = Object.keys(values.chat_template_kwargs ?? {})
  const unset = SPECIAL_TOKENS.filter(
    name => !given.includes(name) && templates.some(({ template }) => template.readNames.has(name)),
  )
  if (unset.length === 0) return
  io.tell(
    `lossline: ${templates[0]!.template.name} reads ${unset.join(' and ')}, here without a value: --tokenizer names the model that has one.`,
  )
}

const SPECIAL_TOKENS = ['bos_token', 'eos_token', 'unk_token', 'pad_token']

/** Tells what templates read and nobody has given, and each kwarg, the caller's or a row's, that none reads: once, however many rows have it. */
function makeVariablesNotice(
  templates: readonly NamedChatTemplate[],
  values: Values,
  io: Io,
): (conversation: Conversation) => void {
  const known = new Set(templates.flatMap(({ template }) => [...template.readNames]))
  let isFirst = true
  return ({ chatTemplateKwargs }) => {
    if (isFirst) tellUnset(templates, values, io)
    isFirst = false
    for (const name of Object.keys({ ...values.chat_template_kwargs, ...chatTemplateKwargs })) {
      if (known.has(name)) continue
      known.add(name)
      io.tell(
        `lossline: chat_template_kwargs sets ${quote(name)}, which the template does not read: it changes nothing.`,
      )
    }
  }
}

function toConversation({ example }: Row): Conversation {
  if (example.kind === 'conversation') return example
  const fix = 'Only rows with messages go through a chat template.'
  throw new LosslineError('render/no-messages', 'has no messages', { fix })
}
