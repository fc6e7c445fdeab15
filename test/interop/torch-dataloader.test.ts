/** examples/torch_dataloader.py gives PyTorch what was written, and the loss that the weights ask for. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { writePreparedFolder } from '../dataset/prepared-folder.ts'
import { makeTokenRows, toListColumns } from '../dataset/token-rows.ts'
import { findPython, runPython, whyNoPython } from './python.ts'

const parent = mkdtempSync(join(tmpdir(), 'lossline-torch-'))
after(() => rmSync(parent, { recursive: true }))

interface TorchBatch {
  readonly input_ids: readonly (readonly number[])[]
  readonly labels: readonly (readonly number[])[]
  readonly position_ids: readonly (readonly number[])[]
  readonly loss_weights?: readonly (readonly number[])[]
  readonly loss: number
}

const python = findPython('trl-1.16')
const options = { skip: python === undefined && whyNoPython('trl-1.16') }
const VOCAB_SIZE = 13
const SHAPE = { lengths: [9, 4, 12, 7, 3], seed: 8, idLimit: VOCAB_SIZE, hasPositions: false }

const CASES = [false, true].flatMap(isPacked =>
  [false, true].map(hasWeights => ({
    name: `${isPacked ? 'packs' : 'rows'}${hasWeights ? ' with weights' : ''}`,
    rows: makeTokenRows({ ...SHAPE, isPacked, hasWeights }),
  })),
)

/** What the example makes of each case, asked of one Python. */
let answers: TorchBatch[][] = []
before(async () => {
  if (python === undefined) return
  const folders = await Promise.all(CASES.map(({ rows }) => writePreparedFolder(parent, [rows], 'arrow')))
  const requests = folders.map(folder => ({ folder, batch_size: 2, vocab_size: VOCAB_SIZE }))
  answers = runPython(python, 'test/interop/torch_dataloader.py', requests) as TorchBatch[][]
})

for (const [c, { name, rows }] of CASES.entries()) {
  test(`reads ${name} as they were written, and weighs the loss`, options, () => {
    const columns = toListColumns([rows])
    assert.equal(answers[c]!.length, 3)
    for (const [i, batch] of answers[c]!.entries()) {
      const pick = (name: string) => columns[name]?.slice(2 * i, 2 * i + 2)
      const ids = pick('input_ids')!
      const lengths = pick('seq_lengths')?.flat() ?? ids.map(({ length }) => length)
      const positions = lengths.flatMap(length => [...Array(length).keys()])
      const labels = pick('labels')!.flat()
      assert.deepEqual(batch.input_ids, [ids.flat()])
      assert.deepEqual(batch.position_ids, [positions])
      assert.deepEqual(batch.labels, [labels.map((label, t) => (positions[t] === 0 ? -100 : label))])
      assert.deepEqual(batch.loss_weights?.flat(), pick('loss_weights')?.flat())
      const expected = lossOf(batch)
      assert.ok(Math.abs(batch.loss - expected) < 1e-5, `the loss is ${batch.loss}, not ${expected}`)
    }
  })
}

/** Σ weight × -log p(label) ÷ Σ weight, of the logits that torch_dataloader.py makes. */
function lossOf({ labels, loss_weights }: TorchBatch): number {
  const weights = loss_weights?.[0]
  let loss = 0
  let total = 0
  for (const [t, label] of labels[0]!.entries()) {
    if (label === -100) continue
    const logits = Array.from({ length: VOCAB_SIZE }, (_, v) => ((7 * (t - 1) + 3 * v) % 5) / 2)
    const logSum = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0))
    const weight = weights?.[t] ?? 1
    loss += weight * (logSum - logits[label]!)
    total += weight
  }
  return loss / total
}
