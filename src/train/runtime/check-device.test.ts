import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { checkDevice, type RunOnce } from './check-device.ts'

const onCpu: RunOnce = async (model, feeds) => {
  const session = await InferenceSession.create(model, { graphOptimizationLevel: 'disabled' })
  const inputs = session.inputNames.map(name => {
    const { data, shape } = feeds[name]!
    const tensor =
      data instanceof Float32Array ? new Tensor('float32', data, shape) : new Tensor('int64', data, shape)
    return [name, tensor] as const
  })
  const outputs = await session.run(Object.fromEntries(inputs))
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { data }]) => [name, Float32Array.from(data as Float32Array)]),
  )
}

test('lets a device pass that computes what the CPU does', async () => {
  await checkDevice('webgpu', onCpu, onCpu)
})

for (const [what, change] of Object.entries({
  'a gradient half as large': (values: Float32Array) => values.map(value => value / 2),
  'a gradient of no numbers': (values: Float32Array) => values.map(() => Number.NaN),
})) {
  test(`refuses a device that gives ${what}`, async () => {
    const wrong: RunOnce = async (model, feeds) => {
      const outputs = await onCpu(model, feeds)
      const name = 'gradient of model.layers.0.self_attn.q_proj.weight'
      return { ...outputs, [name]: change(outputs[name]!) }
    }
    await assert.rejects(checkDevice('webgpu', wrong, onCpu), {
      code: 'train/device-wrong',
      message: /^the device webgpu computes the gradient of model\.layers\.0\.self_attn\.q_proj\.weight/,
    })
  })
}
