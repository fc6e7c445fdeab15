/**
 * `lossline check` over many rows, and `lossline compare` with each tool beside it, which goes through the rows in the same way and masks each twice.
 * Run: npm run bench:check
 *
 * Rows a minute are by the clock, which tells little where others use the same cores: CPU seconds and the machine's load are told beside them.
 */
import { availableParallelism, loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { TOOLS } from '../src/compare/index.ts'
import { makeChats } from './chats.ts'
import { runMeasured } from './process-tree.ts'

const TOKENIZER = '../shared/tokenizers/qwen3'
const TEMPLATE = '../shared/templates/llama-cpp--Qwen-Qwen2.5-7B-Instruct.jinja'
const MEGABYTES = 100
const CLI = fileURLToPath(new URL('../src/cli/main.js', import.meta.url))

const chats = makeChats(MEGABYTES)
if (chats === undefined) console.error('bench:check needs ../shared/data: it is not here')
else await run(chats)

async function run(file: string): Promise<void> {
  console.log(`${availableParallelism()} cores, load ${loadavg()[0]!.toFixed(1)}; ${MEGABYTES} MB of chats`)
  const check = await measure(['check', file])
  for (const tool of Object.keys(TOOLS)) {
    const { cpuSeconds } = await measure(['compare', file, '--with', tool])
    console.log(`  ${(cpuSeconds / check.cpuSeconds).toFixed(2)} times the processor time of check`)
  }
}

async function measure([command, file, ...flags]: readonly string[]): Promise<{
  readonly cpuSeconds: number
}> {
  const args = [
    CLI,
    command!,
    file!,
    ...flags,
    '--tokenizer',
    TOKENIZER,
    '--chat-template',
    TEMPLATE,
    '--json',
  ]
  const { stdout, seconds, cpuSeconds, peakMegabytes } = await runMeasured(process.execPath, args)
  const { rows } = JSON.parse(stdout) as { rows: number }
  const speed = `${Math.round((60 * rows) / seconds).toLocaleString('en-US')} rows a minute`
  const cost = `${seconds.toFixed(1)} s, ${cpuSeconds.toFixed(1)} CPU s, ${Math.round(peakMegabytes)} MB`
  console.log(`${[command, ...flags].join(' ')}: ${rows.toLocaleString('en-US')} rows, ${speed}, ${cost}`)
  return { cpuSeconds }
}
