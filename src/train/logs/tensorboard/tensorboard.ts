import { open } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { makeFolder, toWriteError } from '../../../dataset/index.ts'
import type { KeptEvent, RunStart } from '../event.ts'
import type { LogWriter } from '../log-writer.ts'
import { toScalars, toTag } from '../scalars.ts'
import { toRecord } from './event-file.ts'
import { type EventContent, type SummaryValue, toEventBytes } from './messages.ts'

/** Event files under transformers' tags: `train/loss`, `eval/loss`; the options, the model's config and the answers as text. */
export const tensorboard: LogWriter = {
  name: 'tensorboard',
  summary: 'runs/: event files for tensorboard --logdir',
  always: false,
  open: async ({ folder, loggingDir = join(folder, 'runs'), start, now }) => {
    const path = makeFile(loggingDir, now())
    const handle = await open(path, 'a')
    const write = async (step: number, ...contents: readonly EventContent[]): Promise<void> => {
      const seconds = now() / 1000
      const records = contents.map(content => toRecord(toEventBytes(seconds, step, content)))
      await handle.appendFile(Buffer.concat(records)).catch((cause: unknown) => {
        throw toWriteError(cause, path)
      })
    }
    await write(0, { kind: 'version' })
    if (start.step > 0) await write(start.step + 1, { kind: 'purge' })
    else await write(0, { kind: 'summary', values: toStartValues(start) })
    return {
      write: event => write(event.step, { kind: 'summary', values: toValues(event) }),
      close: () => handle.close(),
    }
  },
}

/** One folder for all starts of a run: a later file's purge is for the files beside it. TensorBoard reads them in the order of their names. */
function makeFile(folder: string, milliseconds: number): string {
  const name = `events.out.tfevents.${String(Math.floor(milliseconds / 1000)).padStart(10, '0')}.${hostname()}.${process.pid}.0`
  const path = join(folder, name)
  try {
    makeFolder(folder)
  } catch (cause) {
    throw toWriteError(cause, path)
  }
  return path
}

function toStartValues({ config, modelConfig }: RunStart): SummaryValue[] {
  return [
    { tag: 'args', value: toCode(config) },
    { tag: 'model_config', value: toCode(modelConfig) },
  ]
}

function toValues(event: KeptEvent): SummaryValue[] {
  const scalars = Object.entries(toScalars(event)).map(([name, value]) => ({ tag: toTag(name), value }))
  if (event.kind !== 'answers') return scalars
  const texts = event.answers.map(({ prompt, answer, stopped }, a) => ({
    tag: `answers/${a + 1}`,
    value: `**${escapeMarkdown(prompt)}**\n\n${escapeMarkdown(answer)}\n\n_${stopped === 'limit' ? 'did not stop' : 'stopped'}_`,
  }))
  return [...scalars, ...texts]
}

/** A block of code in Markdown, by its indent: what is in it can't end it. */
function toCode(value: object): string {
  return JSON.stringify(value, undefined, 2).replace(/^/gm, '    ')
}

function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]<>()#+!|-]/g, '\\$&')
}
