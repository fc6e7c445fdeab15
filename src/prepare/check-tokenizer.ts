import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { LosslineError } from '../error.ts'
import type { Model } from '../open-model.ts'
import { hashTokenizer } from './fingerprint.ts'
import { MANIFEST } from './manifest.ts'
import { readManifest } from './prepare.ts'

/**
 * Sees that rows are read with the tokenizer that they were prepared with: ids mean something else in another one. A folder without `lossline.json`
 * doesn't tell which it was.
 *
 * @throws LosslineError `prepare/option` for another tokenizer, `prepare/manifest`
 */
export function checkPreparedTokenizer(path: string, folder: Model['folder']): void {
  if (!existsSync(join(path, MANIFEST))) return
  if (readManifest(path).model['tokenizer'] === hashTokenizer(folder)) return
  const what = `is another tokenizer than the one that ${path} was prepared with`
  const fix = 'Name that one, or prepare the rows anew: its ids stand for other texts here.'
  throw new LosslineError('prepare/option', what, { where: folder.tokenizerFile, fix })
}
