// Rendering against @huggingface/jinja and Python's jinja2: `node dist/bench/render.js [megabytes]`.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Template } from '@huggingface/jinja'
import type { Message } from '../src/conversation/index.ts'
import { type Json, parseJson } from '../src/json/index.ts'
import { ChatTemplate } from '../src/template/index.ts'
import { findPython } from '../test/interop/python.ts'
import { makeChats } from './chats.ts'

const TEMPLATES = '../shared/templates'
const NOW = new Date(2026, 0, 15, 9, 30, 0)
const ROUNDS = 9
const ROWS = 2000
const PYTHON = findPython('interop') ?? 'python3'
const COMPARED_ROWS = 50
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

/** Seconds for all rows: of the processor, and by the clock. */
interface Times {
  readonly cpu: number
  readonly wall: number
}

/** What bench/render.py answers. */
interface PythonAnswer extends Times {
  /** The first rows as rendered, to be compared. */
  readonly texts: readonly string[]
  readonly versions: string
}

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
  // The package exports no package.json: it is read as a file.
  const { version } = JSON.parse(readFileSync('node_modules/@huggingface/jinja/package.json', 'utf8')) as {
    version: string
  }
  console.log(
    `${rows.length} rows, renders a second, best of ${ROUNDS} alternating rounds (jinja2 after them)`,
  )
  console.log(`Node ${process.versions.node}, @huggingface/jinja ${version}`)
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
  const peers = {
    traced: messages => ours.render({ messages, tools }, options).text,
    pieces: messages => {
      const rendered = ours.render({ messages, tools }, options)
      return rendered.pieces.length > 0 ? rendered.text : ''
    },
    text: messages => ours.renderText({ messages, tools }, options),
    huggingface: messages => theirs.render({ messages, ...variables }),
  } satisfies Record<string, Render>
  const best = measure(peers, rows)
  const python = measurePython(source, rows, variables)
  const compared = rows.slice(0, COMPARED_ROWS)
  const differing = [
    compared.some(row => withoutDate(peers.traced(row)) !== withoutDate(peers.huggingface(row)))
      ? '@huggingface/jinja'
      : '',
    python?.texts.some((text, i) => text !== peers.traced(compared[i]!)) === true ? 'jinja2' : '',
  ].filter(peer => peer !== '')
  console.log(`\n${name}, ${python?.versions ?? 'no Python with jinja2'}`)
  console.log('                traced  with pieces  text only  hf/jinja       x   jinja2       x')
  for (const unit of ['cpu', 'wall'] as const) {
    const rate = (times: Times | undefined) => Math.round(rows.length / (times?.[unit] ?? Number.NaN))
    const ratio = (times: Times | undefined) =>
      ((times?.[unit] ?? Number.NaN) / best['traced']![unit]).toFixed(1)
    const { traced, pieces, text, huggingface } = best
    const columns = [
      ...[traced, pieces, text, huggingface].map(rate),
      ratio(huggingface),
      rate(python),
      ratio(python),
    ]
    const widths = [8, 13, 11, 10, 8, 9, 8]
    const cells = columns.map((cell, i) => String(cell).padStart(widths[i]!))
    console.log(`${unit === 'cpu' ? 'a CPU second' : 'by the clock'}  ${cells.join('')}`)
  }
  if (differing.length > 0) console.log(`texts differ from ${differing.join(' and ')}!`)
}

/** @huggingface/jinja takes no other clock. */
function withoutDate(text: string): string {
  return text.replace(/\d{4}-\d\d-\d\d|\d\d \w{3} \d{4}/g, '')
}

/** The best times of each for all rows; they take turns, so that a slow moment hits all. */
function measure(
  peers: Readonly<Record<string, Render>>,
  rows: readonly Row[],
): Readonly<Record<string, Times>> {
  const best: Record<string, Times> = {}
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, render] of Object.entries(peers)) {
      // A tenth of the rows is enough for what takes ten times as long.
      const some = name === 'huggingface' ? rows.slice(0, Math.ceil(rows.length / 10)) : rows
      const start = process.cpuUsage()
      const startMs = performance.now()
      for (const row of some) render(row)
      const wall = ((performance.now() - startMs) / 1e3) * (rows.length / some.length)
      const { user, system } = process.cpuUsage(start)
      const cpu = ((user + system) / 1e6) * (rows.length / some.length)
      const before = best[name]
      best[name] =
        before === undefined
          ? { cpu, wall }
          : { cpu: Math.min(before.cpu, cpu), wall: Math.min(before.wall, wall) }
    }
  }
  return best
}

/** What Python's jinja2 needs for all rows, by its own clocks; undefined where it isn't there. */
function measurePython(source: string, rows: readonly Row[], variables: unknown): PythonAnswer | undefined {
  const some = rows.slice(0, Math.ceil(rows.length / 4))
  const input = JSON.stringify({ source, rows: some, variables, rounds: ROUNDS, compared: COMPARED_ROWS })
  const { stdout, status } = spawnSync(PYTHON, ['-X', 'utf8', SCRIPT], {
    input,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  if (status !== 0) return undefined
  const answer = JSON.parse(stdout) as PythonAnswer
  const share = rows.length / some.length
  return { ...answer, cpu: answer.cpu * share, wall: answer.wall * share }
}

main(Number(process.argv[2] ?? 10))
