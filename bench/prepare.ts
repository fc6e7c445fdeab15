/**
 * `lossline prepare` beside TRL's own preparation, in one run: the same rows, tokenizer, template, length and packing, all cores for both.
 * Then what a row costs as the input grows, what a second worker gives, and how far off the floor it is.
 * Run: npm run bench:prepare [-- --large] (with --large also 1 GB and 10 GB, of which the memory is looked at; 30 GB of disk)
 */
import { appendFileSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findPython } from '../test/interop/python.ts'
import { makeChats } from './chats.ts'
import { type ProcessTimes, runMeasured } from './process-tree.ts'

const TOKENIZER = '../shared/tokenizers/qwen3'
const TEMPLATE = '../shared/templates/trl--qwen2_5_training.jinja'
const MAX_LENGTH = 2048
const MEGABYTES = 100
/** Of the same rows, for TRL: it needs a second for each MB or more. */
const TRL_MEGABYTES = 20
const ROUNDS = 3
const FOLDER = join(tmpdir(), 'lossline-bench', 'prepare')
const CLI = fileURLToPath(new URL('../src/cli/main.js', import.meta.url))
const SCRIPT = fileURLToPath(new URL('../../bench/prepare_trl.py', import.meta.url))
const CORES = availableParallelism()

const chats = makeChats(MEGABYTES)
if (chats === undefined) console.error('bench:prepare needs ../shared/data: it is not here')
else await run(chats)

async function run(file: string): Promise<void> {
  mkdirSync(FOLDER, { recursive: true })
  console.log(
    `${CORES} cores, load ${loadavg()[0]!.toFixed(1)}; ${megabytes(file).toFixed(0)} MB of rows, max_length ${MAX_LENGTH}, bfd`,
  )
  const python = findPython('trl-1.16')
  const part = cutFile(file, TRL_MEGABYTES)
  const ours: ProcessTimes[] = []
  const theirs: TrlTimes[] = []
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(await prepare(file))
    if (python !== undefined && round < 2) theirs.push(await prepareWithTrl(python, part))
  }
  const best = fastest(ours)
  tell('lossline', megabytes(file), best)
  if (theirs.length > 0) compare(best, megabytes(file), fastest(theirs), megabytes(part))
  await tellScaling(file)
  if (process.argv.includes('--large')) await tellLarge(file)
  rmSync(FOLDER, { recursive: true })
}

/** The same on one worker, and on other sizes: a whole process each time, its start included. */
async function tellScaling(file: string): Promise<void> {
  const small = cutFile(file, MEGABYTES / 10)
  tell('10 MB', megabytes(small), await bestOf(() => prepare(small)))
  const one = await bestOf(() => prepare(file, ['--workers', '1']))
  const two = await bestOf(() => prepare(file, ['--workers', '2']))
  tell('one worker', megabytes(file), one)
  tell('two workers', megabytes(file), two)
  console.log(`two workers are ${(one.seconds / two.seconds).toFixed(2)} times as fast as one`)
}

/** Rows repeated, each time with other numbers: memory must not grow with the input. */
async function tellLarge(file: string): Promise<void> {
  for (const gigabytes of [1, 10]) {
    const large = repeatFile(file, gigabytes * 10)
    tell(`${gigabytes} GB`, megabytes(large), await prepare(large))
    rmSync(large)
  }
}

async function bestOf(measure: () => Promise<ProcessTimes>): Promise<ProcessTimes> {
  const all: ProcessTimes[] = []
  for (let round = 0; round < ROUNDS; round++) all.push(await measure())
  return fastest(all)
}

function fastest<Times extends ProcessTimes>(all: readonly Times[]): Times {
  return all.reduce((a, b) => (a.seconds < b.seconds ? a : b))
}

async function prepare(file: string, more: readonly string[] = []): Promise<ProcessTimes> {
  const out = join(FOLDER, 'out')
  rmSync(out, { recursive: true, force: true })
  const options = ['--tokenizer', TOKENIZER, '--chat-template', TEMPLATE, '--max-length', String(MAX_LENGTH)]
  const times = await runMeasured(process.execPath, [
    CLI,
    'prepare',
    file,
    '-o',
    out,
    ...options,
    '--packing',
    'bfd',
    ...more,
  ])
  rmSync(out, { recursive: true })
  return times
}

interface TrlTimes extends ProcessTimes {
  readonly rows: number
}

/** Seconds are those of its preparation alone; the memory is the whole process tree's. */
async function prepareWithTrl(python: string, file: string): Promise<TrlTimes> {
  const cache = join(FOLDER, 'cache')
  rmSync(cache, { recursive: true, force: true })
  const args = [SCRIPT, file, TOKENIZER, TEMPLATE, String(MAX_LENGTH), String(CORES), join(FOLDER, 'trl')]
  const env = {
    HF_HOME: cache,
    HF_HUB_OFFLINE: '1',
    HF_DATASETS_OFFLINE: '1',
    TOKENIZERS_PARALLELISM: 'false',
  }
  const { stdout, peakMegabytes } = await runMeasured(python, args, env)
  const told = JSON.parse(stdout.trim().split('\n').at(-1)!) as {
    seconds: number
    cpuSeconds: number
    rows: number
  }
  rmSync(cache, { recursive: true })
  return { stdout, peakMegabytes, ...told }
}

function tell(name: string, size: number, { seconds, cpuSeconds, peakMegabytes }: ProcessTimes): void {
  const rate = `${(size / seconds).toFixed(1)} MB/s`
  console.log(
    `${name.padEnd(12)} ${seconds.toFixed(2)} s, ${rate}, ${(cpuSeconds / size).toFixed(3)} CPU s a MB, peak ${peakMegabytes.toFixed(0)} MB`,
  )
}

function compare(ours: ProcessTimes, ourSize: number, trl: ProcessTimes, trlSize: number): void {
  tell('TRL', trlSize, trl)
  const wall = trl.seconds / trlSize / (ours.seconds / ourSize)
  const cpu = trl.cpuSeconds / trlSize / (ours.cpuSeconds / ourSize)
  console.log(
    `${wall.toFixed(1)} times as fast as TRL by the clock (start-up counted for ours alone), ${cpu.toFixed(1)} by the processor, at ${(ours.peakMegabytes / trl.peakMegabytes).toFixed(2)} of its memory`,
  )
}

function megabytes(file: string): number {
  return statSync(file).size / 1e6
}

/** The first rows of a file. */
function cutFile(file: string, size: number): string {
  const path = join(FOLDER, `${size}mb.jsonl`)
  const bytes = readFileSync(file).subarray(0, size * 1e6)
  writeFileSync(path, bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1))
  return path
}

/** A file many times over; in each copy every digit is moved on, so that numbers are new words. */
function repeatFile(file: string, copies: number): string {
  const path = join(FOLDER, `${copies}-times.jsonl`)
  rmSync(path, { force: true })
  const bytes = readFileSync(file)
  for (let copy = 0; copy < copies; copy++) {
    const moved = Buffer.from(bytes)
    const move = copy % 10
    if (move > 0)
      for (let i = 0; i < moved.length; i++)
        if (isDigit(moved[i]!) && isDigit(moved[i - 1]!)) moved[i] = ZERO + ((moved[i]! - ZERO + move) % 10)
    appendFileSync(path, moved)
  }
  return path
}

const ZERO = 0x30

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte < ZERO + 10
}
