import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JsonObject } from '../../src/json/index.ts'
import { listWeights, parseModelConfig } from '../../src/train/model/index.ts'
import { writeSafetensors } from '../../src/train/weights/index.ts'
import { random } from '../random.ts'

/** Writes a model of random weights: its config.json and its model.safetensors, in float32. */
export async function makeModel(folder: string, config: JsonObject, seed: number): Promise<void> {
  const draw = random(seed)
  // Even between -1 and 1, which is as good as normal.
  const draws = (length: number): Float32Array =>
    Float32Array.from({ length }, () => draw(2 ** 16) / 2 ** 15 - 1)
  const tensors = listWeights(parseModelConfig(config)).map(({ name, shape, role }) => {
    const numbers = draws(shape.reduce((product, size) => product * size, 1))
    const scale = role === 'linear' ? 1.5 / Math.sqrt(shape.at(-1)!) : 0.5
    const values = numbers.map(value => value * scale + (role === 'norm' ? 1 : 0))
    return { name, shape, dtype: 'F32' as const, values }
  })
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config))
  await writeSafetensors(join(folder, 'model.safetensors'), tensors)
}
