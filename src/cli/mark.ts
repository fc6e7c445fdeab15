import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { KINDS } from '../compare/index.ts'
import { LosslineError } from '../error.ts'
import { toVisible } from '../inspect/index.ts'
import { type MarkedTemplate, markTemplate } from '../mark/index.ts'
import type { CommandInput } from './command.ts'
import type { ExitCode, Io } from './io.ts'
import { openModelOf } from './model.ts'
import { readTemplateFile } from './model-path.ts'
import { checkAbsent, checkNotInput } from './not-input.ts'
import type { Values } from './options.ts'

/** `lossline mark TEMPLATE -o OUT.jinja`: a copy of a template with `{% generation %}` marks, and what they can't say. */
export async function runMark({ file, values }: CommandInput, io: Io): Promise<ExitCode> {
  const model = await openModelOf(values, io)
  const own = model.templates[0]
  const name = file === '' ? (own?.name ?? '') : file
  const source = file === '' ? own?.source : readTemplateFile(file, 'its name').source
  if (source === undefined) {
    const fix = 'Name its file.'
    throw new LosslineError('cli/missing', 'is needed: the model folder has none', { where: 'TEMPLATE', fix })
  }
  if (values.output_template !== undefined) {
    const read = file === '' ? join(model.folder.folder, model.folder.templates[0]?.file ?? '') : file
    checkNotInput(values.output_template, read)
    checkAbsent(values.output_template, values.overwrite)
  }
  const marked = markTemplate(source, model, name)
  await write(marked.source, values, io)
  return tellChecked(marked, io)
}

async function write(source: string, { output_template }: Values, io: Io): Promise<void> {
  if (output_template === undefined) await io.write(source)
  else writeFileSync(output_template, source)
}

/** @returns 1 where the marks don't say all */
function tellChecked({ checked }: MarkedTemplate, io: Io): ExitCode {
  const different = checked.filter(({ row }) => row.differences.length > 0)
  const equal = checked.length - different.length
  io.tell(
    `lossline: the marks say what the model has to write in ${equal} of ${checked.length} conversations that were tried; all render as before.`,
  )
  const told = new Set<string>()
  for (const { kind, text } of different.flatMap(({ row }) => row.differences)) {
    const line = `lossline: not said: ${toVisible(text)} (${kind}: ${KINDS[kind]}).`
    if (told.size < TOLD && !told.has(line)) io.tell(line)
    told.add(line)
  }
  if (told.size > TOLD) io.tell(`lossline: and ${told.size - TOLD} more.`)
  if (checked.some(({ isRewritten }) => isRewritten))
    io.tell(
      'lossline: the template leaves something out of earlier answers, mostly their reasoning: what is not rendered no marks can train. lossline prepare makes one example for each answer.',
    )
  return different.length === 0 ? 0 : 1
}

const TOLD = 5
