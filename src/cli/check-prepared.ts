import { createHash } from 'node:crypto'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { countRows, readTokenRows, sliceRows, type TokenRows } from '../dataset/index.ts'
import {
  addFindings,
  emptyLintTally,
  type LintReport,
  listPreparedRules,
  type PreparedFacts,
  type RuleLevels,
  toLintReport,
} from '../lint/index.ts'
import { hashFile, hashTokenizer, MANIFEST, type Manifest, readManifest } from '../prepare/index.ts'
import type { Io } from './io.ts'
import { openModelOf } from './model.ts'
import type { Values } from './options.ts'

/** What the rules about prepared rows find in a folder: of each row, and of what the folder says of itself. */
export async function checkPrepared(
  path: string,
  { values, levels }: { readonly values: Values; readonly levels: RuleLevels },
  io: Io,
): Promise<LintReport> {
  const rules = listPreparedRules(levels)
  const manifest = existsSync(join(path, MANIFEST)) ? readManifest(path) : undefined
  const changed = manifest === undefined ? [] : await listChanges(manifest, values, io)
  const packing = manifest?.options['packing']
  let facts: PreparedFacts = {
    packing: typeof packing === 'string' ? packing : undefined,
    columns: manifest?.columns ?? [],
    changed,
  }
  const tally = emptyLintTally()
  for await (const batch of readTokenRows(path)) {
    if (manifest === undefined) facts = { ...facts, columns: listColumns(batch) }
    for (let r = 0; r < countRows(batch); r++) {
      const { inputIds, labels, lossWeights, positionIds, seqLengths } = sliceRows(batch, r, r + 1)
      const row = { inputIds, labels, lossWeights, positionIds, seqLengths: seqLengths?.values }
      const findings = rules.flatMap(rule => rule.check?.(row, facts) ?? [])
      addFindings(tally, `${path}[${tally.rows++}]`, findings, () => undefined)
    }
  }
  const ofFolder = rules
    .flatMap(rule => rule.checkFolder?.(facts) ?? [])
    .map(finding => ({ where: path, finding, excerpt: undefined }))
  return toLintReport(tally, ofFolder, { given: new Set(['prepared']), levels })
}

function listColumns({ lossWeights, positionIds, seqLengths }: TokenRows): string[] {
  return [
    'input_ids',
    'labels',
    ...(lossWeights === undefined ? [] : ['loss_weights']),
    ...(positionIds === undefined ? [] : ['position_ids']),
    ...(seqLengths === undefined ? [] : ['seq_lengths']),
  ]
}

/** What is not any more as it was when the folder was prepared, each in words. The model is compared where one is named. */
async function listChanges({ inputs, model }: Manifest, values: Values, io: Io): Promise<string[]> {
  const changes: string[] = []
  for (const { path, bytes, sha256 } of inputs.flatMap(({ files }) => files)) {
    if (sha256 === null) continue
    if (!existsSync(path)) changes.push(`${path} has gone`)
    else if (statSync(path).size !== bytes || (await hashFile(path)) !== sha256)
      changes.push(`${path} has changed`)
  }
  if (values.tokenizer === undefined) return changes
  const { folder, templates } = await openModelOf(values, io)
  if (model['tokenizer'] !== hashTokenizer(folder)) changes.push('the tokenizer has changed')
  const hashes = templates.map(({ source }) => createHash('sha256').update(source).digest('hex'))
  if (JSON.stringify(model['chat_templates']) === JSON.stringify(hashes)) return changes
  if (values.chat_template === undefined && model['own_templates'] === false)
    io.tell(
      'lossline: the chat template was not compared: the rows were prepared with another than the model’s. Name it with --chat-template.',
    )
  else changes.push('the chat template has changed')
  return changes
}
