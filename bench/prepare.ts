/**
 * `lossline prepare` beside TRL's own preparation, in one run: the same rows, tokenizer, template, length and packing, all cores for both.
 * Then what a row costs as the input grows, what a second worker gives, where the time goes, and how far off the floor it is.
 * Run: npm run bench:prepare [-- --large | --large=GB] (3 GB of disk; with --large also 10 GB, of which the memory is looked at, and 30 of disk)
 *
 * The clock tells little where others use the same cores: CPU seconds are told beside it, and `load` is what the machine did when it began.
 */
import { appendFileSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findPython } from '../test/interop/python.ts'
import { makeChats } from './chats.ts'
import { measureSteps } from './prepare-steps.ts'
import { type ProcessTimes, runMeasured } from './process-tree.ts'

const TOKENIZER = '../shared/tokenizers/qwen3'
const TEMPLATE = '../shared/templates/trl--qwen2_5_training.jinja'
const MAX_LENGTH = 2048
const MEGABYTES = 100
const ROUNDS = 3
/** It needs a second for each MB or more. */
const TRL_ROUNDS = 1
const FOLDER = join(tmpdir(), 'lossline-bench', 'prepare')
const CLI = fileURLToPath(new URL('../src/cli/main.js', import.meta.url))
const STAGE = fileURLToPath(new URL('./prepare-stage.js', import.meta.url))
const SCRIPT = fileURLToPath(new URL('../../bench/prepare_trl.py', import.meta.url))
const CORES = availableParallelism()
/** The character code of the digit. */
const ZERO = 0x30

const chats = makeChats(MEGABYTES)
if (chats === undefined) console.error('bench:prepare needs ../shared/data: it is not here')
else await run(chats)

async function run(file: string): Promise<void> {
  mkdirSync(FOLDER, { recursive: true })
  console.log(
    `${CORES} cores, load ${loadavg()[0]!.toFixed(1)}; ${megabytes(file).toFixed(0)} MB of rows, max_length ${MAX_LENGTH}, bfd`,
  )
  const python = findPython('trl-1.16')
  const ours: ProcessTimes[] = []
  const stages: ProcessTimes[] = []
  const theirs: ProcessTimes[] = []
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(await prepare(file))
    stages.push(await prepareStage(file))
    if (python !== undefined && round < TRL_ROUNDS) theirs.push(await prepareWithTrl(python, file))
  }
  const size = megabytes(file)
  const best = fastest(ours)
  tell('lossline', size, best)
  tell('its stage', size, fastest(stages))
  if (theirs.length > 0) {
    const trl = fastest(theirs)
    tell('TRL, stage', size, trl)
    compare('the whole process', best, trl)
    compare('its stage alone', fastest(stages), trl)
  }
  await tellSteps(file)
  await tellScaling(file)
  for (const gigabytes of largeSizes()) await tellLarge(file, gigabytes)
  rmSync(FOLDER, { recursive: true })
}

/** Where the time goes, by CPU seconds on one thread that is warm. */
async function tellSteps(file: string): Promise<void> {
  const small = cutFile(file, MEGABYTES / 10)
  const size = megabytes(small)
  const options = {
    file: small,
    tokenizer: TOKENIZER,
    template: TEMPLATE,
    maxLength: MAX_LENGTH,
    folder: FOLDER,
  }
  const { read, rows, render, encode, whole, packAndWrite, floor } = await measureSteps(options)
  const all = whole + packAndWrite
  const share = (seconds: number): string => `${((100 * seconds) / all).toFixed(0)} %`
  console.log(
    `one warm thread: ${(size / all).toFixed(1)} MB a CPU second: read and parse ${share(read)}, conversations ${share(rows)}, render ${share(render)}, ` +
      `tokenise ${share(encode)}, mask and count ${share(whole - read - rows - render - encode)}, pack and write ${share(packAndWrite)}`,
  )
  console.log(
    `floor (read, JSON.parse, one hash look-up a word, write): ${(size / floor).toFixed(1)} MB a CPU second; a preparation takes ${(all / floor).toFixed(1)} times that`,
  )
}

/** The same on one worker, and on other sizes: a whole process each time, its start included, which the largest tells least of. */
async function tellScaling(file: string): Promise<void> {
  const small = cutFile(file, MEGABYTES / 10)
  tell('10 MB', megabytes(small), await bestOf(() => prepare(small)))
  await tellWorkers(file, '100 MB', ROUNDS)
  const large = repeatFile(file, 10)
  await tellWorkers(large, '1 GB', 1)
  rmSync(large)
}

async function tellWorkers(file: string, name: string, rounds: number): Promise<void> {
  const one: ProcessTimes[] = []
  const two: ProcessTimes[] = []
  for (let round = 0; round < rounds; round++) {
    one.push(await prepare(file, ['--workers', '1']))
    two.push(await prepare(file, ['--workers', '2']))
  }
  tell(`${name}, one worker`, megabytes(file), fastest(one))
  tell(`${name}, two`, megabytes(file), fastest(two))
  console.log(
    `two workers are ${(fastest(one).seconds / fastest(two).seconds).toFixed(2)} times as fast as one on ${name}`,
  )
}

/** Rows repeated, each time with other numbers: memory must not grow with the input. */
async function tellLarge(file: string, gigabytes: number): Promise<void> {
  const large = repeatFile(file, gigabytes * 10)
  tell(`${gigabytes} GB`, megabytes(large), await prepare(large))
  rmSync(large)
}

function largeSizes(): readonly number[] {
  const asked = process.argv.find(argument => argument.startsWith('--large'))
  if (asked === undefined) return []
  return asked.includes('=') ? [Number(asked.slice(asked.indexOf('=') + 1))] : [10]
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

/** Seconds are those of the preparation alone, the memory is the whole process's. */
async function prepareStage(file: string): Promise<ProcessTimes> {
  const out = join(FOLDER, 'out')
  rmSync(out, { recursive: true, force: true })
  const measured = await runMeasured(process.execPath, [
    STAGE,
    file,
    TOKENIZER,
    TEMPLATE,
    String(MAX_LENGTH),
    out,
  ])
  rmSync(out, { recursive: true })
  return { ...measured, ...readTold(measured.stdout) }
}

/** Seconds are those of its preparation alone; the memory is the whole process tree's. */
async function prepareWithTrl(python: string, file: string): Promise<ProcessTimes> {
  const cache = join(FOLDER, 'cache')
  rmSync(cache, { recursive: true, force: true })
  const args = [SCRIPT, file, TOKENIZER, TEMPLATE, String(MAX_LENGTH), String(CORES), join(FOLDER, 'trl')]
  const env = {
    HF_HOME: cache,
    HF_HUB_OFFLINE: '1',
    HF_DATASETS_OFFLINE: '1',
    TOKENIZERS_PARALLELISM: 'false',
  }
  const measured = await runMeasured(python, args, env)
  rmSync(cache, { recursive: true })
  return { ...measured, ...readTold(measured.stdout) }
}

/** What a script printed last. */
function readTold(stdout: string): Pick<ProcessTimes, 'seconds' | 'cpuSeconds'> {
  const { seconds, cpuSeconds } = JSON.parse(stdout.trim().split('\n').at(-1)!) as ProcessTimes
  return { seconds, cpuSeconds }
}

function tell(name: string, size: number, { seconds, cpuSeconds, peakMegabytes }: ProcessTimes): void {
  const rate = `${(size / seconds).toFixed(1)} MB/s`
  console.log(
    `${name.padEnd(18)} ${seconds.toFixed(2)} s, ${rate}, ${(cpuSeconds / size).toFixed(3)} CPU s a MB, peak ${peakMegabytes.toFixed(0)} MB`,
  )
}

function compare(what: string, ours: ProcessTimes, trl: ProcessTimes): void {
  const wall = trl.seconds / ours.seconds
  const cpu = trl.cpuSeconds / ours.cpuSeconds
  console.log(
    `${what}: ${wall.toFixed(1)} times as fast as TRL's stage by the clock, ${cpu.toFixed(1)} by the processor, at ${(ours.peakMegabytes / trl.peakMegabytes).toFixed(2)} of its memory`,
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

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte < ZERO + 10
}
