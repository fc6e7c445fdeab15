/** Every option of TRL's SFTConfig is an option here with its default, or is told to have no effect, or is refused with a reason. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readConfig, SFT_OPTIONS, type SFTConfig, toSnakeCase } from '../../src/train/config/index.ts'
import { NOT_HERE, RENAMED, WITHOUT_EFFECT } from '../../src/train/config/other-options.ts'
import { findPython, runPython, whyNoPython } from './python.ts'

const python = findPython('trl-1.16')
const skip = python === undefined && whyNoPython('trl-1.16')

/** Of ours, where TRL's default is another, and why. */
const OTHER_DEFAULTS: Readonly<Partial<Record<keyof SFTConfig, string>>> = {
  outputDir: 'TRL takes a folder of that name when there is none',
  assistantOnlyLoss: 'the exact mask',
  truncationMode: 'kebab-case',
  optim: 'adamw_torch_fused with the PyTorch of now, which has the same numbers',
  evalSteps: 'none in both, but for its text',
  reportTo: 'all integrations that are installed',
  gradientCheckpointing: 'the same',
}

test('knows every option of TRL’s SFTConfig, with its default', { skip }, () => {
  const [fields] = runPython(python!, 'test/interop/sft_config.py', [null]) as [Record<string, unknown>]
  const ours = new Map(
    (Object.keys(SFT_OPTIONS) as (keyof SFTConfig)[]).map(name => [toSnakeCase(name), name] as const),
  )
  const unknown = Object.keys(fields).filter(
    name => !ours.has(name) && ![WITHOUT_EFFECT, RENAMED, NOT_HERE].some(table => Object.hasOwn(table, name)),
  )
  assert.deepEqual(unknown, [])
  for (const [name, value] of Object.entries(fields)) {
    const option = ours.get(name)
    if (option === undefined || option in OTHER_DEFAULTS) continue
    assert.deepEqual(SFT_OPTIONS[option].default ?? null, value, name)
  }
  const notTheirs = [...Object.keys(WITHOUT_EFFECT), ...Object.keys(NOT_HERE)].filter(
    name => !(name in fields),
  )
  assert.deepEqual(notTheirs, [])
  // All defaults written out, as people do: nothing is refused that nobody asks for.
  const { config } = readConfig({ ...fields, output_dir: 'out', bf16: true, report_to: 'none' })
  assert.equal(config.learningRate, 2e-5)
})
