import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { layAdapter, toLoraConfig, writeAdapterFolder } from '../../src/train/adapter/index.ts'
import { readTensor, readTensorIndex } from '../../src/train/weights/index.ts'
import { makeModel } from '../train/make-model.ts'
import { makeFolder, runCli } from './run-cli.ts'

const CONFIG = {
  model_type: 'llama',
  vocab_size: 40,
  hidden_size: 16,
  intermediate_size: 24,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  tie_word_embeddings: true,
}

test('merge writes a model that differs from its base where the adapter is laid', async () => {
  const folder = makeFolder()
  const [base, adapter, merged] = ['base', 'adapter', 'merged'].map(name => join(folder, name)) as [
    string,
    string,
    string,
  ]
  await makeModel(base, CONFIG, 1)
  writeFileSync(join(base, 'tokenizer.json'), '{}')
  const laid = layAdapter(base, toLoraConfig({ r: 2, targetModules: ['v_proj'], initLoraWeights: false }), 1)
  await writeAdapterFolder(adapter, laid)
  const args = ['merge', '--model', base, '--adapter', adapter, '-o', merged]
  const { code, stdout, stderr } = await runCli(args)
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
  assert.match(
    stdout,
    /^written {2}the merged model in .*merged\n\nTalk to it: lossline generate --model .*merged --prompt TEXT\n$/,
  )
  assert.ok(existsSync(join(merged, 'tokenizer.json')))
  const [before, after] = [readTensorIndex(base), readTensorIndex(merged)]
  assert.deepEqual([...after.keys()], [...before.keys()])
  for (const [name, entry] of before) {
    const isSame = Buffer.from(readTensor(entry).buffer).equals(
      Buffer.from(readTensor(after.get(name)!).buffer),
    )
    assert.equal(isSame, !name.includes('v_proj'), name)
  }
  const again = await runCli(args)
  assert.equal(again.code, 1)
  assert.match(
    again.stderr,
    /^lossline: .*merged exists and is not empty\. Name a folder that is empty or does not exist\.\n$/,
  )
})

test('merge says which of its three folders it lacks', async () => {
  const lines = [
    [[], 'lossline: --model is needed. Name the folder of the base model.\n'],
    [
      ['--model', 'x'],
      'lossline: --adapter is needed. Name the folder of an adapter, as lossline train writes it.\n',
    ],
    [
      ['--model', 'x', '--adapter', 'y'],
      'lossline: --output is needed. Name the folder to write: -o ./merged.\n',
    ],
  ] as const
  for (const [args, line] of lines) {
    const { code, stderr } = await runCli(['merge', ...args])
    assert.deepEqual({ code, stderr }, { code: 2, stderr: line })
  }
})
