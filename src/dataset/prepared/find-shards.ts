import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { LosslineError } from '../../error.ts'
import { toFileError } from '../file-error.ts'
import { SHARD_FORMATS, type ShardFormat } from './formats/index.ts'
import { toNotPrepared } from './formats/list-columns.ts'

/**
 * The shards of a prepared folder in the order of their rows, or the one that the path names.
 *
 * @throws LosslineError as {@link readTokenRows}
 */
export async function findShards(path: string): Promise<string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path]
    const files = (await readStateFiles(path)) ?? (await listShardFiles(path))
    if (files.length > 0) return files.map(file => join(path, file))
  } catch (cause) {
    throw cause instanceof LosslineError ? cause : toFileError(cause, path)
  }
  throw toNotPrepared('is a folder without prepared data').at(path)
}

/** The files that `state.json` lists; undefined without one. */
async function readStateFiles(folder: string): Promise<string[] | undefined> {
  const path = join(folder, 'state.json')
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    const { _data_files: files } = JSON.parse(text) as { _data_files: { filename: string }[] }
    return files.map(({ filename }) => basename(filename))
  } catch (cause) {
    const fix = 'Write the folder again.'
    throw new LosslineError('dataset/damaged-state', 'is not as `datasets` writes it', {
      where: path,
      fix,
      cause,
    })
  }
}

/** All `data-<number>` of one format, by number. */
async function listShardFiles(folder: string): Promise<string[]> {
  const shards = (await readdir(folder)).flatMap(file => {
    const number = /^data-(\d+)\.[a-z]+$/.exec(file)?.[1]
    return number === undefined || findFormatOf(file) === undefined ? [] : [{ file, index: Number(number) }]
  })
  const extensions = [...new Set(shards.map(({ file }) => extname(file)))]
  if (extensions.length > 1) {
    throw toNotPrepared(`has shards of several formats (${extensions.join(', ')})`).at(folder)
  }
  return shards.sort((a, b) => a.index - b.index).map(({ file }) => file)
}

/** The format of a shard by its name; undefined for what is none. */
export function findFormatOf(path: string): ShardFormat | undefined {
  return SHARD_FORMATS.find(({ extension }) => extension === extname(path))
}
