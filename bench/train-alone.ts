/** What a step of ours takes as tokens and layers grow, and what the head on trained tokens alone and batches without padding save. */
import { join } from 'node:path'
import { makeModel } from './make-llama.ts'
import { REAL_LENGTHS, type StepAnswer, type StepRequest, toRequest } from './train-case.ts'
import { Stepper, summarise } from './train-stepper.ts'

const ROUNDS = 2

interface Size {
  readonly name: string
  readonly request: StepRequest
}

const one: Size = { name: '1 × 512, 30 % trained', request: toRequest([512], 0.3) }
const SIZES: readonly Size[] = [
  one,
  { name: '2 × 512', request: toRequest([512, 512], 0.3) },
  { name: '4 × 512', request: toRequest([512, 512, 512, 512], 0.3) },
  { name: '1 × 512, the head on every token', request: toRequest([512], 1) },
  { name: '8 real lengths, packed', request: toRequest(REAL_LENGTHS, 0.3) },
  { name: '8 real lengths, padded', request: toRequest(REAL_LENGTHS, 0.3, Math.max(...REAL_LENGTHS)) },
]

/** @param steps the file of the process that makes steps */
export async function compareAlone(
  steps: string,
  { folder, layers, threads }: { readonly folder: string; readonly layers: number; readonly threads: string },
): Promise<void> {
  console.log(`Lossline alone, LoRA, ${layers} layers, ${threads} threads, median of ${ROUNDS} steps`)
  console.log('                                    tokens   wall s    CPU s  CPU ms a token')
  for (const [name, answer, request] of await stepThrough(steps, folder, SIZES, threads))
    tell(name, answer, request)
  for (const part of [1 / 3, 2 / 3]) {
    const fewer = Math.max(1, Math.round(part * layers))
    const smaller = join(folder, `${fewer}-layers`)
    await makeModel(smaller, fewer)
    for (const [, answer, request] of await stepThrough(steps, smaller, [one], threads))
      tell(`1 × 512, ${fewer} of ${layers} layers`, answer, request)
  }
  console.log('')
}

async function stepThrough(
  steps: string,
  folder: string,
  sizes: readonly Size[],
  threads: string,
): Promise<(readonly [string, StepAnswer, StepRequest])[]> {
  const stepper = new Stepper(process.execPath, [steps, folder, threads, 'lora'])
  await stepper.ready
  await stepper.step(one.request)
  const answers = sizes.map((): StepAnswer[] => [])
  for (let round = 0; round < ROUNDS; round++)
    for (const [s, { request }] of sizes.entries()) answers[s]!.push(await stepper.step(request))
  stepper.end()
  return sizes.map(({ name, request }, s) => [name, summarise(answers[s]!), request])
}

function tell(name: string, { wall, cpu }: StepAnswer, { ids }: StepRequest): void {
  const tokens = ids.reduce((sum, row) => sum + row.length, 0)
  const cells = [String(tokens).padStart(9), wall.toFixed(2).padStart(9), cpu.toFixed(2).padStart(9)]
  console.log(`  ${name.padEnd(32)}${cells.join('')}${((1e3 * cpu) / tokens).toFixed(2).padStart(16)}`)
}
