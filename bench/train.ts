/**
 * One step of training, forward and backward, against PyTorch eager with PEFT: a Llama of SmolLM2-135M's shape with random weights. Both run in turn, step by step, and the median step counts; wall and CPU seconds, and the peak of memory.
 *
 * Run: npm run bench:train [-- --layers 30 --steps 5 --threads 2 --only 'LoRA 1 × 512']
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import {
  listLinears,
  listWeights,
  type ModelDescription,
  parseModelConfig,
} from '../src/train/model/index.ts'
import { writeSafetensors } from '../src/train/weights/index.ts'
import { RANK, type StepAnswer, type StepRequest, toRandom, toRequest, VOCABULARY } from './train-case.ts'

interface Case {
  readonly name: string
  readonly trained: 'lora' | 'full'
  /** Tokens of each sequence; PyTorch pads them to the longest. */
  readonly lengths: readonly number[]
  readonly trainedShare: number
  /** Tokens that PyTorch applies the head to; ours always on the trained ones alone. */
  readonly head: 'all' | 'trained'
}

const lora = { trained: 'lora', trainedShare: 0.3, head: 'all' } as const
const CASES: readonly Case[] = [
  { ...lora, name: 'LoRA 1 × 512', lengths: [512] },
  { ...lora, name: 'LoRA 1 × 512, head on trained tokens in both', lengths: [512], head: 'trained' },
  { ...lora, name: 'LoRA 1 × 512, every token trained', lengths: [512], trainedShare: 1 },
  { ...lora, name: 'LoRA 4 × 512', lengths: [512, 512, 512, 512] },
  { ...lora, name: 'LoRA 1 × 2048', lengths: [2048] },
  { ...lora, name: 'LoRA 8 of 61 to 512', lengths: [61, 94, 120, 187, 243, 310, 402, 512] },
  { ...lora, name: 'full 1 × 512', lengths: [512], trained: 'full' },
]

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

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
    spawnSync(process.execPath, [join(ROOT, 'dist/bench/train-profile.js'), folder, values.threads], {
      stdio: 'inherit',
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function compare(folder: string, model: ModelDescription, item: Case, python: string): Promise<void> {
  const { threads } = values
  const ours = new Stepper(process.execPath, [
    join(ROOT, 'dist/bench/train-steps.js'),
    folder,
    threads,
    item.trained,
  ])
  const oursReady = await ours.ready
  const script = join(ROOT, 'bench/train_peft.py')
  const theirs = new Stepper(python, [script, folder, threads, item.trained, item.head])
  const theirsReady = await theirs.ready
  const request = toRequest(item.lengths, item.trainedShare)
  const answers: { ours: StepAnswer; theirs: StepAnswer }[] = []
  // The first step of each warms up.
  for (let step = 0; step <= Number(values.steps); step++) {
    const answer = { ours: await ours.step(request), theirs: await theirs.step(request) }
    if (step > 0) answers.push(answer)
  }
  ours.end()
  theirs.end()
  const mine = summarise(answers.map(answer => answer.ours))
  const other = summarise(answers.map(answer => answer.theirs))
  const gflop = countFlops(model, item) / 1e9
  const tokens = sum(item.lengths)
  console.log(`${item.name}, ${values.layers} layers, ${threads} threads, median of ${values.steps} steps`)
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

/** A process that makes a step for each line that it gets. */
class Stepper {
  readonly ready: Promise<number>
  readonly #child: ChildProcess
  readonly #lines: AsyncIterator<string>

  constructor(command: string, args: readonly string[]) {
    const env = { ...process.env, HF_HUB_OFFLINE: '1', TRANSFORMERS_VERBOSITY: 'error' }
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], env })
    this.#lines = createInterface(this.#child.stdout!)[Symbol.asyncIterator]()
    this.ready = this.#read<{ ready: number }>().then(({ ready }) => ready)
  }

  step(request: StepRequest): Promise<StepAnswer> {
    this.#child.stdin!.write(`${JSON.stringify(request)}\n`)
    return this.#read()
  }

  end(): void {
    this.#child.stdin!.end()
  }

  async #read<Answer>(): Promise<Answer> {
    const { value, done } = await this.#lines.next()
    if (done) throw new Error('the process ended')
    return JSON.parse(value) as Answer
  }
}

function summarise(answers: readonly StepAnswer[]): StepAnswer {
  const median = (key: keyof StepAnswer): number =>
    answers.map(answer => answer[key]).sort((a, b) => a - b)[Math.floor(answers.length / 2)]!
  return {
    wall: median('wall'),
    cpu: median('cpu'),
    loss: median('loss'),
    peak: Math.max(...answers.map(({ peak }) => peak)),
    gflops: Math.max(...answers.map(({ gflops }) => gflops)),
  }
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

async function makeModel(folder: string, layers: number): Promise<ModelDescription> {
  const config = {
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    vocab_size: VOCABULARY,
    hidden_size: 576,
    intermediate_size: 1536,
    num_hidden_layers: layers,
    num_attention_heads: 9,
    num_key_value_heads: 3,
    max_position_embeddings: 8192,
    rms_norm_eps: 1e-5,
    rope_theta: 100_000,
    tie_word_embeddings: true,
    torch_dtype: 'float32',
  }
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config))
  const model = parseModelConfig(config)
  const next = toRandom()
  const tensors = listWeights(model).map(({ name, shape, role }) => ({
    name,
    dtype: 'F32' as const,
    shape,
    values: () =>
      new Float32Array(shape.reduce((product, dim) => product * dim, 1)).map(() =>
        role === 'norm' ? 1 : 0.07 * (next() - 0.5),
      ),
  }))
  await writeSafetensors(join(folder, 'model.safetensors'), tensors)
  return model
}

function findPython(): string {
  const finder = join(ROOT, 'scripts/python-env.mjs')
  const { stdout } = spawnSync(process.execPath, [finder, '--find', 'trl-1.16'], { encoding: 'utf8' })
  if (stdout.trim() === '')
    throw new Error('bench:train needs a Python with PEFT: npm run python-env -- trl-1.16')
  return stdout.trim()
}

await main()
