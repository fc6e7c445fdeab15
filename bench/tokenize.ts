/**
 * Tokenising rendered chats on one thread, ids and offsets: MB of UTF-8 a CPU second beside the native `tokenizers` package, on which ids must
 * agree; then the worst cases. Rounds of ours and of the peers take turns. Run: npm run bench:tokenize [-- FAMILY …]
 *
 * gpt-tokenizer joins when LOSSLINE_PEERS names a folder that has it in node_modules, gigatoken when LOSSLINE_PYTHON can import it.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { Tokenizer as NativeTokenizer } from 'tokenizers'
import { Tokenizer } from '../src/tokenizer/index.ts'
import { makeChats } from './chats.ts'

const MEGABYTES = 10
const NATIVE_MEGABYTES = 1
const ROUNDS = 5

const FAMILIES: Readonly<Record<string, string>> = {
  'Qwen 3': '../shared/tokenizers/qwen3/tokenizer.json.gz',
  'Llama 3': '../shared/tokenizers/llama3/tokenizer.json.gz',
  'Mistral v0.1': '../shared/seed/tokenizer.json',
  'Mistral v0.3': '../shared/tokenizers/mistral-v3/tokenizer.json.gz',
  'Gemma 3': '../shared/tokenizers/gemma3/tokenizer.json.gz',
  'GPT-3.5': '../shared/tokenizers/gpt-3.5-turbo/tokenizer.json.gz',
}

const WORST: Readonly<Record<string, string>> = {
  a: 'a',
  ab: 'ab',
  spaces: ' ',
  newlines: '\n',
  emoji: '🙂',
  punctuation: '!?.,;:-',
  letters: '',
  digits: '0123456789',
}

const chats = makeChats(MEGABYTES)
if (chats === undefined || !existsSync(FAMILIES['Qwen 3']!))
  console.error('bench:tokenize needs ../shared: it is not here')
else await run(renderChats(chats))

async function run(texts: readonly string[]): Promise<void> {
  const wanted = process.argv.slice(2)
  const names = Object.keys(FAMILIES).filter(
    name => wanted.length === 0 || wanted.some(part => name.includes(part)),
  )
  const { version } = createRequire(import.meta.url)('tokenizers/package.json') as { version: string }
  const part = texts.slice(
    0,
    texts.findIndex((_, i) => megabytesOf(texts.slice(0, i + 1)) > NATIVE_MEGABYTES),
  )
  console.log(
    `${megabytesOf(texts).toFixed(1)} MB of chats in ${texts.length} texts, one thread, ids and offsets, MB a CPU second: median (best) of ${ROUNDS}`,
  )
  console.log(
    `native: tokenizers ${version}, on the first ${megabytesOf(part).toFixed(1)} MB; its first pass is the first of its own rounds\n`,
  )
  console.log(
    row([
      '',
      'first pass',
      'later passes',
      'native first',
      'native',
      'native, ids only',
      'times, first',
      'times, later',
    ]),
  )
  for (const name of names) await compare(name, texts, part)
  await compareOpenAI(texts, part)
  compareGigatoken(texts)
  await showWorst(names)
}

async function compare(name: string, texts: readonly string[], part: readonly string[]): Promise<void> {
  const json = readTokenizer(name)
  const tokenizer = await Tokenizer.fromJSON(json)
  const native = NativeTokenizer.fromString(json)
  // Code is warm, words aren't: another tokenizer of the same file reads another text.
  const other = await Tokenizer.fromJSON(json)
  for (let i = 0; i < 2000; i++) other.encode('The quick brown fox jumps over the lazy dog. '.repeat(10))
  const megabytes = megabytesOf(texts)
  const first = megabytes / seconds(() => encodeAll(tokenizer, texts))
  const [ours, theirs, theirIds]: [number[], number[], number[]] = [[], [], []]
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(megabytes / seconds(() => encodeAll(tokenizer, texts)))
    theirs.push(megabytesOf(part) / (await secondsAsync(() => encodeNatively(native, part, true))))
    theirIds.push(megabytesOf(part) / (await secondsAsync(() => encodeNatively(native, part, false))))
  }
  const agrees = hashOurs(tokenizer, part) === (await hashNative(native, part))
  const times = (value: number) => `${value.toFixed(0)}x`
  const rates = [first.toFixed(1), stats(ours), theirs[0]!.toFixed(2), stats(theirs, 2), stats(theirIds, 2)]
  const ratios = [times(first / theirs[0]!), times(median(ours) / median(theirs))]
  console.log(row([name, ...rates, ...ratios]) + (agrees ? '' : '  IDS DIFFER'))
}

/** gpt-tokenizer gives no offsets and has no added tokens in plain text; cl100k is the vocabulary that both know. */
async function compareOpenAI(texts: readonly string[], part: readonly string[]): Promise<void> {
  const peers = createRequire(join(process.env['LOSSLINE_PEERS'] ?? process.cwd(), 'x.js'))
  let encode: (text: string, options: object) => number[]
  try {
    ;({ encode } = peers('gpt-tokenizer/encoding/cl100k_base') as { encode: typeof encode })
  } catch {
    console.log('\ngpt-tokenizer: not installed (LOSSLINE_PEERS)')
    return
  }
  const tokenizer = await Tokenizer.fromJSON(readTokenizer('GPT-3.5'))
  const options = { disallowedSpecial: new Set() }
  const [ours, theirs]: [number[], number[]] = [[], []]
  for (let round = 0; round <= ROUNDS; round++) {
    ours.push(megabytesOf(texts) / seconds(() => encodeAll(tokenizer, texts)))
    theirs.push(
      megabytesOf(part) / seconds(() => part.reduce((sum, text) => sum + encode(text, options).length, 0)),
    )
  }
  const same = part.every(
    text => hashIds([tokenizer.encode(text).ids]) === hashIds([Int32Array.from(encode(text, options))]),
  )
  const ratio = (median(ours.slice(1)) / median(theirs.slice(1))).toFixed(0)
  console.log(
    `\ngpt-tokenizer, cl100k, ids only: ${stats(theirs.slice(1))}; ours with offsets ${stats(ours.slice(1))}: ${ratio}x${same ? '' : '  IDS DIFFER'}`,
  )
}

/** The upper bound: Rust, no offsets. */
function compareGigatoken(texts: readonly string[]): void {
  const python = process.env['LOSSLINE_PYTHON'] ?? 'python3'
  const folder = join(tmpdir(), 'lossline-bench')
  const [json, lines] = [join(folder, 'qwen3.json'), join(folder, 'texts.json')]
  writeFileSync(json, readTokenizer('Qwen 3'))
  writeFileSync(lines, JSON.stringify(texts))
  const program = [
    'import json, sys, time, gigatoken',
    'texts = json.load(open(sys.argv[2])); t = gigatoken.Tokenizer(sys.argv[1])',
    'run = lambda: [t.encode(x) for x in texts]',
    'run(); s = time.process_time(); run(); print(sum(len(x.encode()) for x in texts) / 1e6 / (time.process_time() - s))',
  ]
  try {
    const rate = execFileSync(python, ['-c', program.join('\n'), json, lines], {
      stdio: 'pipe',
      encoding: 'utf8',
    })
    console.log(`gigatoken, Qwen 3, ids only, second pass: ${Number(rate).toFixed(1)}`)
  } catch {
    console.log('gigatoken: not installed (LOSSLINE_PYTHON)')
  }
}

async function showWorst(names: readonly string[]): Promise<void> {
  console.log(`\n1 MB of one thing, CPU milliseconds, first time\n${row(['', ...Object.keys(WORST)])}`)
  for (const name of names) {
    const tokenizer = await Tokenizer.fromJSON(readTokenizer(name))
    const times = Object.entries(WORST).map(([kind, unit]) => {
      const text =
        kind === 'letters' ? randomLetters(1e6) : unit.repeat(Math.ceil(1e6 / Buffer.byteLength(unit)))
      return (seconds(() => tokenizer.encode(text)) * 1000).toFixed(0)
    })
    console.log(row([name, ...times]))
  }
}

function renderChats(file: string): string[] {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  return lines.map(line => {
    const { messages } = JSON.parse(line) as { messages: readonly { role: string; content: string }[] }
    return messages.map(({ role, content }) => `<|im_start|>${role}\n${content}<|im_end|>\n`).join('')
  })
}

function readTokenizer(name: string): string {
  const bytes = readFileSync(FAMILIES[name]!)
  return (FAMILIES[name]!.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()
}

function encodeAll(tokenizer: Tokenizer, texts: readonly string[]): number {
  let tokens = 0
  for (const text of texts) tokens += tokenizer.encode(text, { addSpecialTokens: false }).ids.length
  return tokens
}

async function encodeNatively(
  native: NativeTokenizer,
  texts: readonly string[],
  offsets: boolean,
): Promise<number> {
  let tokens = 0
  for (const text of texts) {
    const encoding = await native.encode(text, null, { addSpecialTokens: false })
    tokens += encoding.getIds().length + (offsets ? encoding.getOffsets().length : 0)
  }
  return tokens
}

function hashOurs(tokenizer: Tokenizer, texts: readonly string[]): string {
  return hashIds(texts.map(text => tokenizer.encode(text, { addSpecialTokens: false }).ids))
}

async function hashNative(native: NativeTokenizer, texts: readonly string[]): Promise<string> {
  const ids: Int32Array[] = []
  for (const text of texts)
    ids.push(Int32Array.from((await native.encode(text, null, { addSpecialTokens: false })).getIds()))
  return hashIds(ids)
}

function hashIds(ids: readonly Int32Array[]): string {
  const hash = createHash('sha1')
  for (const one of ids) hash.update(one)
  return hash.digest('hex')
}

function randomLetters(length: number): string {
  let state = 1
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return String.fromCharCode(97 + ((state >>> 16) % 26))
  }).join('')
}

function megabytesOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / 1e6
}

/** CPU seconds of the process, all its threads: other work on the machine doesn't count, or hardly. */
function seconds(work: () => unknown): number {
  const start = process.cpuUsage()
  work()
  return secondsSince(start)
}

async function secondsAsync(work: () => Promise<unknown>): Promise<number> {
  const start = process.cpuUsage()
  await work()
  return secondsSince(start)
}

function secondsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1e6
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!
}

function stats(values: readonly number[], digits = 1): string {
  return `${median(values).toFixed(digits)} (${Math.max(...values).toFixed(digits)})`
}

function row([name, ...cells]: readonly string[]): string {
  return name!.padEnd(13) + cells.map(cell => cell.padStart(Math.max(cell.length, 16))).join(' ')
}
