// Rendering against @huggingface/jinja and Python's jinja2: `node dist/bench/render.js [megabytes]`.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Template } from '@huggingface/jinja'
import type { Message } from '../src/conversation/index.ts'
import { type Json, parseJson } from '../src/json/index.ts'
import { ChatTemplate } from '../src/template/index.ts'
import { makeChats } from './chats.ts'

const TEMPLATES = '../shared/templates'
const NOW = new Date(2026, 0, 15, 9, 30, 0)
const ROUNDS = 5
const ROWS = 2000
const PYTHON = process.env['LOSSLINE_PYTHON'] ?? 'python3'
const SCRIPT = fileURLToPath(new URL('../../bench/render.py', import.meta.url))

const TOOLS: Json = Array.from({ length: 4 }, (_, i) => ({
  type: 'function',
  function: {
    name: `get_weather_${i}`,
    description: 'Gives the weather of a "place", now or later.',
    parameters: {
      type: 'object',
      properties: {
        place: { type: 'string', description: 'A city, such as Köln' },
        days: { type: 'integer', description: 'How many days ahead', default: 0 },
        unit: { type: 'string', enum: ['celsius', 'fahrenheit'] },
      },
      required: ['place'],
    },
  },
}))

const CASES = [
  { name: 'Qwen3', file: 'llama-cpp--Qwen-Qwen3-0.6B.jinja', tools: null },
  { name: 'Qwen3 + tools', file: 'llama-cpp--Qwen-Qwen3-0.6B.jinja', tools: TOOLS },
  { name: 'gpt-oss', file: 'llama-cpp--openai-gpt-oss-120b.jinja', tools: null },
  { name: 'gpt-oss + tools', file: 'llama-cpp--openai-gpt-oss-120b.jinja', tools: TOOLS },
  { name: 'Llama-3.1', file: 'llama-cpp--meta-llama-Llama-3.1-8B-Instruct.jinja', tools: null },
  { name: 'Llama-3.1 + tools', file: 'llama-cpp--meta-llama-Llama-3.1-8B-Instruct.jinja', tools: TOOLS },
] as const

type Row = readonly Message[]
type Render = (messages: Row) => string

function main(megabytes: number): void {
  const file = makeChats(megabytes)
  if (file === undefined) {
    console.error('../shared/data is not here')
    return
  }
  const rows = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .slice(0, ROWS)
    .map(line => (parseJson(line) as unknown as { messages: Row }).messages)
  console.log(`${rows.length} rows, renders a CPU second, best of ${ROUNDS} alternating rounds\n`)
  console.log('template            traced  with pieces  text only  hf/jinja       x   jinja2       x')
  for (const { name, file: template, tools } of CASES) {
    const path = `${TEMPLATES}/${template}`
    if (existsSync(path)) compare(name, readFileSync(path, 'utf8'), { rows, tools })
  }
}

function compare(name: string, source: string, { rows, tools }: { rows: readonly Row[]; tools: Json }): void {
  const ours = ChatTemplate.compile(source)
  const theirs = new Template(source)
  const variables = { bos_token: '<s>', eos_token: '</s>', add_generation_prompt: false, tools }
  const options = { variables, now: NOW }
  const peers: Record<string, Render> = {
    traced: messages => ours.render({ messages, tools }, options).text,
    pieces: messages => {
      const rendered = ours.render({ messages, tools }, options)
      return rendered.pieces.length > 0 ? rendered.text : ''
    },
    text: messages => ours.renderText({ messages, tools }, options),
    huggingface: messages => theirs.render({ messages, ...variables }),
  }
  const isSame = rows
    .slice(0, 50)
    .every(row => withoutDate(peers['traced']!(row)) === withoutDate(peers['huggingface']!(row)))
  const best = measure(peers, rows)
  const python = measurePython(source, rows, variables)
  const rate = (seconds: number | undefined) => Math.round(rows.length / (seconds ?? Number.NaN))
  const ratio = (seconds: number | undefined) => ((seconds ?? Number.NaN) / best['traced']!).toFixed(1)
  const columns = [
    rate(best['traced']),
    rate(best['pieces']),
    rate(best['text']),
    rate(best['huggingface']),
    ratio(best['huggingface']),
    rate(python),
    ratio(python),
  ]
  const widths = [8, 13, 11, 10, 8, 9, 8]
  const cells = columns.map((cell, i) => String(cell).padStart(widths[i]!))
  console.log(`${name.padEnd(18)}${cells.join('')}${isSame ? '' : '   texts differ!'}`)
}

/** @huggingface/jinja takes no other clock. */
function withoutDate(text: string): string {
  return text.replace(/\d{4}-\d\d-\d\d|\d\d \w{3} \d{4}/g, '')
}

/** The best CPU time of each for all rows; they take turns, so that a slow moment hits all. */
function measure(peers: Readonly<Record<string, Render>>, rows: readonly Row[]): Record<string, number> {
  const best: Record<string, number> = {}
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, render] of Object.entries(peers)) {
      // A tenth of the rows is enough for what takes ten times as long.
      const some = name === 'huggingface' ? rows.slice(0, Math.ceil(rows.length / 10)) : rows
      const start = process.cpuUsage()
      for (const row of some) render(row)
      const { user, system } = process.cpuUsage(start)
      const seconds = ((user + system) / 1e6) * (rows.length / some.length)
      best[name] = Math.min(best[name] ?? Number.POSITIVE_INFINITY, seconds)
    }
  }
  return best
}

/** Seconds that Python's jinja2 needs for all rows, by its own clock; undefined where it isn't there. */
function measurePython(source: string, rows: readonly Row[], variables: unknown): number | undefined {
  const some = rows.slice(0, Math.ceil(rows.length / 4))
  const input = JSON.stringify({ source, rows: some, variables, rounds: ROUNDS })
  const { stdout, status } = spawnSync(PYTHON, ['-X', 'utf8', SCRIPT], { input, encoding: 'utf8' })
  return status === 0 ? Number(stdout) * (rows.length / some.length) : undefined
}

main(Number(process.argv[2] ?? 10))
