import { join } from 'node:path'
import { parseRow } from '../conversation/index.ts'
import { readRows } from '../dataset/index.ts'
import { toTokenView, wrapText } from '../inspect/index.ts'
import { maskExample } from '../mask/index.ts'
import { openModel } from '../open-model.ts'
import { findPackageRoot } from '../package-root.ts'
import type { ExitCode, Io } from './io.ts'
import { readTemplateFile } from './model-path.ts'

const RESPONSE_TEMPLATE = '<im_start>assistant\n'

/**
 * `lossline demo`: a conversation of three answers, as DataCollatorForCompletionOnlyLM labels it and as it should be. Everything it needs is
 * in the package.
 */
export async function runDemo(io: Io): Promise<ExitCode> {
  const assets = join(findPackageRoot(), 'assets')
  const model = await openModel(join(assets, 'mistral-7b-v0.1'), {
    chatTemplate: readTemplateFile(join(assets, 'demo', 'chat_template.jinja')),
  })
  const example = await readExample(join(assets, 'demo', 'conversation.json'))
  const alone = [...model.tokenizer.encode(RESPONSE_TEMPLATE, { addSpecialTokens: false }).ids]
  const responseTemplate = alone.slice(2)
  const [asCollator] = maskExample(example, model, { strategy: 'response-template', responseTemplate })
  const [asWritten] = maskExample(example, model)

  const view = { width: io.width, colors: io.colors, names: model.tokenizer }
  const say = (text: string): Promise<void> => io.write(`${wrapText(text, io.width)}\n\n`)
  await say(
    'On which tokens of this conversation is the loss computed? ▌ marks those that are trained, │ stands between two tokens.',
  )
  await say(
    `The response template ${JSON.stringify(RESPONSE_TEMPLATE)} is ${alone.join(' ')} when it is encoded alone. It starts with other tokens in the middle of a text, so its first two ids are left out, as people do by hand.`,
  )
  await io.write(
    `${toTokenView(asCollator!, `DataCollatorForCompletionOnlyLM(response_template=[${responseTemplate.join(', ')}])`, view)}\n\n`,
  )
  await io.write(`${toTokenView(asWritten!, 'Lossline: what the model has to write', view)}\n\n`)
  for (const paragraph of LESSON) await say(paragraph)
  return 0
}

const LESSON = [
  'What happened: the collator searches the ids for the response template and keeps only what follows the last place where it finds it. Of three answers one is trained; nothing fails, and the loss curve looks healthy.',
  'In Lossline there is nothing to set: every answer is trained, from the end of its prompt through its end of turn. See it on your own data with lossline show chats.jsonl --tokenizer FOLDER; in code it is maskExample().',
  'In TRL: give that collator an instruction_template too (the ids of "\\n<im_start>user\\n" as they stand in a row: 13 28789 321 28730 2521 28767 1838 13); in versions without it, SFTConfig(assistant_only_loss=True) and a chat template with {% generation %} marks.',
]

async function readExample(file: string): Promise<ReturnType<typeof parseRow>['example']> {
  for await (const row of readRows(file)) {
    if (row.kind === 'broken') throw row.error
    return parseRow(row.value).example
  }
  throw new Error(`${file} is empty`)
}
