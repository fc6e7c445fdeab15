import { LosslineError } from '../error.ts'
import { mergeAdapter } from '../train/adapter/index.ts'
import type { CommandInput } from './command.ts'
import type { ExitCode, Io } from './io.ts'
import { resolveModelFolder } from './model-path.ts'

/** `lossline merge`: a model folder of a base and an adapter, to be used without the adapter. */
export async function runMerge({ values }: CommandInput, io: Io): Promise<ExitCode> {
  const { model, adapter, output } = values
  if (model === undefined) throw missing('--model', 'Name the folder of the base model.')
  if (adapter === undefined)
    throw missing('--adapter', 'Name the folder of an adapter, as lossline train writes it.')
  if (output === undefined) throw missing('--output', 'Name the folder to write: -o ./merged.')
  await mergeAdapter(await resolveModelFolder(model, io), adapter, output)
  await io.write(
    `written  the merged model in ${output}\n\nTalk to it: lossline generate --model ${output} --prompt TEXT\n`,
  )
  return 0
}

function missing(where: string, fix: string): LosslineError {
  return new LosslineError('cli/missing', 'is needed', { where, fix })
}
