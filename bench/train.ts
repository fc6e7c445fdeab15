/**
 * One step of training, forward and backward, against PyTorch eager with PEFT: a Llama of SmolLM2-135M's shape with random weights. Both run in turn, step by step, and the median step counts; wall and CPU seconds, and the peak of memory. Then ours alone, as sizes grow, and where a step's time goes. About nine minutes on two quiet cores.
 *
 * Run: npm run bench:train [-- --layers 30 --steps 5 --threads 2 --only 'LoRA 1 × 512']
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { listLinears, type ModelDescription } from '../src/train/model/index.ts'
import { makeModel } from './make-llama.ts'
import { compareAlone } from './train-alone.ts'
import { RANK, REAL_LENGTHS, type StepAnswer, toRequest } from './train-case.ts'
import { Stepper, summarise } from './train-stepper.ts'

interface Case {
  readonly name: string
  readonly trained: 'lora' | 'full'
  /** Tokens of each sequence; ours lays them end to end, PyTorch pads them to the longest. */
  readonly lengths: readonly number[]
  readonly trainedShare: number
  /** Tokens that PyTorch applies the head to; ours always on the trained ones alone. */
  readonly head: 'all' | 'trained'
}

const lora = { trained: 'lora', trainedShare: 0.3, head: 'all' } as const
const CASES: readonly Case[] = [
  { ...lora, name: 'LoRA 1 × 512', lengths: [512] },
  { ...lora, name: 'LoRA 1 × 512, head on trained tokens in both', lengths: [512], head: 'trained' },
  { ...lora, name: 'LoRA 4 × 512', lengths: [512, 512, 512, 512] },
  { ...lora, name: 'LoRA 1 × 2048', lengths: [2048] },
  { ...lora, name: 'LoRA 8 real lengths', lengths: REAL_LENGTHS },
  { ...lora, name: 'full 1 × 512', lengths: [512], trained: 'full' },
]

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const STEPS_FILE = join(ROOT, 'dist/bench/train-steps.js')

/** A case that has taken so long has as many steps as it needs, when they are two. */
const ENOUGH_SECONDS = 30

const { values } = parseArgs({
  options: {
    layers: { type: 'string', default: '30' },
    steps: { type: 'string', default: '5' },
    threads: { type: 'string', default: '2' },
    only: { type: 'string' },
  },
})

async function main(): Promise<void> {
  const python = findPython()
  const folder = mkdtempSync(join(tmpdir(), 'lossline-bench-'))
  try {
    const model = await makeModel(folder, Number(values.layers))
    for (const item of CASES) {
      if (values.only === undefined || values.only === item.name) await compare(folder, model, item, python)
    }
    if (values.only !== undefined) return
    await compareAlone(STEPS_FILE, { folder, layers: Number(values.layers), threads: values.threads })
    const profile = join(ROOT, 'dist/bench/train-profile.js')
    spawnSync(process.execPath, [profile, folder, values.threads], { stdio: 'inherit' })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function compare(folder: string, model: ModelDescription, item: Case, python: string): Promise<void> {
  const { threads } = values
  const ours = new Stepper(process.execPath, [STEPS_FILE, folder, threads, item.trained])
  const oursReady = await ours.ready
  const script = join(ROOT, 'bench/train_peft.py')
  const theirs = new Stepper(python, [script, folder, threads, item.trained, item.head])
  const theirsReady = await theirs.ready
  const request = toRequest(item.lengths, item.trainedShare)
  const answers: { ours: StepAnswer; theirs: StepAnswer }[] = []
  // The first step of each warms up.
  await ours.step(request)
  await theirs.step(request)
  const start = performance.now()
  const isEnough = (): boolean => answers.length >= 2 && performance.now() - start > 1e3 * ENOUGH_SECONDS
  while (answers.length < Number(values.steps) && !isEnough())
    answers.push({ ours: await ours.step(request), theirs: await theirs.step(request) })
  ours.end()
  theirs.end()
  const mine = summarise(answers.map(answer => answer.ours))
  const other = summarise(answers.map(answer => answer.theirs))
  const gflop = countFlops(model, item) / 1e9
  const tokens = sum(item.lengths)
  console.log(`${item.name}, ${values.layers} layers, ${threads} threads, median of ${answers.length} steps`)
  console.log('               wall s    CPU s  tokens/s  peak MB  start s  of sgemm peak')
  const line = (name: string, { wall, cpu, peak, gflops }: StepAnswer, ready: number): void => {
    const share = gflop / wall / gflops
    const cells = [
      wall.toFixed(2),
      cpu.toFixed(2),
      (tokens / wall).toFixed(0),
      peak.toFixed(0),
      ready.toFixed(1),
    ]
    const percent = `${(100 * share).toFixed(0)} % of ${gflops.toFixed(0)} GFLOP/s`
    console.log(`  ${name.padEnd(10)}${cells.map(cell => cell.padStart(9)).join('')}  ${percent}`)
  }
  line('Lossline', mine, oursReady)
  line('PyTorch', other, theirsReady)
  const ratio = (key: 'wall' | 'cpu' | 'peak', a: StepAnswer, b: StepAnswer): string =>
    (a[key] / b[key]).toFixed(2)
  console.log(
    `  ${ratio('wall', other, mine)} times as fast by the clock, ${ratio('cpu', other, mine)} by CPU seconds, ${ratio('peak', mine, other)} of the memory; losses ${mine.loss.toFixed(5)} and ${other.loss.toFixed(5)}\n`,
  )
}

/** What a step has to multiply and add: products of matrices alone, causal attention's upper half left out. */
function countFlops(model: ModelDescription, { trained, lengths, trainedShare }: Case): number {
  const count = sum(lengths)
  const targets = Math.floor(trainedShare * count)
  const linears = listLinears(model)
  const products = sum(linears.map(({ inSize, outSize }) => inSize * outSize))
  const low = sum(linears.map(({ inSize, outSize }) => RANK * (inSize + outSize)))
  const { headCount, headSize } = model.layers[0]!.attention
  const scores = (sum(lengths.map(length => length ** 2)) * headCount * headSize * model.layers.length) / 2
  const head = targets * model.hiddenSize * model.vocabularySize
  // A product costs as much again for each of the two gradients that are asked for.
  if (trained === 'full') return 6 * count * products + 12 * scores + 6 * head
  return 4 * count * products + 6 * count * low + 12 * scores + 4 * head
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

function findPython(): string {
  const finder = join(ROOT, 'scripts/python-env.mjs')
  const { stdout } = spawnSync(process.execPath, [finder, '--find', 'trl-1.16'], { encoding: 'utf8' })
  if (stdout.trim() === '')
    throw new Error('bench:train needs a Python with PEFT: npm run python-env -- trl-1.16')
  return stdout.trim()
}

await main()
