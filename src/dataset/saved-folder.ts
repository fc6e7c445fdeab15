import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { LosslineError } from '../error.ts'
import { type Json, parseJson } from '../json/index.ts'
import type { Notice } from './dataset-row.ts'

/** A folder that `datasets.save_to_disk` wrote. */
export interface SavedFolder {
  /** Of the dataset itself: of a DatasetDict, its split. */
  readonly folder: string
  /** Its Arrow files, in the order of the rows. */
  readonly files: readonly string[]
}

/**
 * The Arrow files of a folder that `datasets.save_to_disk` wrote, undefined where the path is no such folder. Of a DatasetDict it is the
 * split `train`, or the only one, which is told.
 *
 * @throws LosslineError `dataset/no-such-split`, `dataset/saved-folder` where a file of the folder can't be read
 */
export async function findSavedFolder(
  path: string,
  notice: Notice | undefined,
): Promise<SavedFolder | undefined> {
  const isFolder = await stat(path).then(
    stats => stats.isDirectory(),
    () => false,
  )
  if (!isFolder) return undefined
  const splits = await readJson(join(path, 'dataset_dict.json'))
  if (splits !== undefined) return findSavedFolder(chooseSplit(path, splits, notice), notice)
  const state = await readJson(join(path, 'state.json'))
  if (state === undefined) return undefined
  const names = getList(state, '_data_files').map(file => getValue(file, 'filename'))
  if (names.length > 0 && names.every(name => typeof name === 'string')) {
    return { folder: path, files: names.map(name => join(path, name)) }
  }
  const what = 'names no data files under "_data_files"; expected what datasets.save_to_disk writes'
  const fix = 'Save the dataset again, or name its files.'
  throw new LosslineError('dataset/saved-folder', what, { where: join(path, 'state.json'), fix })
}

function chooseSplit(path: string, dict: Json, notice: Notice | undefined): string {
  const splits = getList(dict, 'splits').filter(split => typeof split === 'string')
  const split = splits.includes('train') ? 'train' : splits.length === 1 ? splits[0] : undefined
  if (split === undefined) {
    const what = `holds the splits ${splits.join(', ')}, and no train`
    const fix = `Name one of them: ${join(path, splits[0] ?? 'SPLIT')}.`
    throw new LosslineError('dataset/no-such-split', what, { where: path, fix })
  }
  const others = splits.filter(name => name !== split)
  const more = others.length === 0 ? '' : ` (${path}/${others[0]} names another)`
  notice?.(`${path} holds splits: ${split} is read${more}.`)
  return join(path, split)
}

async function readJson(file: string): Promise<Json | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    return parseJson(text)
  } catch (error) {
    throw error instanceof LosslineError ? error.at(file) : error
  }
}

function getValue(value: Json | undefined, key: string): Json | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return (value as Readonly<Record<string, Json>>)[key]
}

function getList(value: Json, key: string): readonly Json[] {
  const list = getValue(value, key)
  return Array.isArray(list) ? (list as readonly Json[]) : []
}
