import { type Dirent, existsSync } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import { basename, isAbsolute, join } from 'node:path'
import { LosslineError } from '../error.ts'
import type { Notice } from './dataset-row.ts'
import { toFileError } from './file-error.ts'

export interface FindOptions {
  /** Told what a folder holds that is not read, and what is read twice. */
  readonly notice?: Notice
}

/** What names of data files end with; what is in them is told by their content. */
const DATA_FILE = /\.(jsonl|ndjson|json|csv|tsv|parquet|arrow|feather)(\.(gz|zst))?$/i

/** What Lossline itself writes beside its rows. */
const OWN_FILES: ReadonlySet<string> = new Set(['lossline.json', 'rejected.jsonl', 'report.html'])

/** Either says that `datasets.save_to_disk` wrote the folder. */
const SAVED_FOLDER_FILES: readonly string[] = ['state.json', 'dataset_dict.json']

/**
 * The files that inputs name: files, folders (the data files in them, by name), globs (`data/*.jsonl.gz`), `-` for standard input. A folder
 * that `datasets.save_to_disk` wrote is one input, as it stands.
 *
 * @returns paths for {@link splitFile}, in the order of the inputs, and by name (UTF-16 order) where one names several
 * @throws LosslineError `dataset/not-found`, `dataset/no-match`, `dataset/no-access`, `dataset/no-data-files`, `dataset/empty`
 */
export async function findInputFiles(
  inputs: readonly string[],
  options: FindOptions = {},
): Promise<string[]> {
  const files: string[] = []
  for (const input of inputs) files.push(...(await findFiles(input, options.notice)))
  const seen = new Set<string>()
  for (const file of files) {
    if (seen.has(file)) options.notice?.(`${file} is named more than once: its rows are read each time.`)
    seen.add(file)
  }
  return files
}

async function findFiles(input: string, notice: Notice | undefined): Promise<string[]> {
  if (input === '-') return [input]
  const stats = await stat(input).catch((cause: unknown) => toFileError(cause, input))
  if (stats instanceof LosslineError) {
    // What exists under that very name is no pattern: chats[1].jsonl.
    if (stats.code === 'dataset/not-found' && /[*?[{(!]/.test(input)) return findMatches(input)
    if (stats.code === 'dataset/not-found' && isHubName(input)) throw notFetched(input, stats)
    throw stats
  }
  if (stats.isDirectory()) return findInFolder(input, notice)
  await checkReadable(input)
  if (stats.isFile() && stats.size === 0) throw emptyFile(input)
  return [input]
}

/** `org/name`, beside no folder `org`. */
function isHubName(input: string): boolean {
  const [, organisation] = /^(\w[\w.-]*)\/\w[\w.-]*$/.exec(input) ?? []
  return organisation !== undefined && !DATA_FILE.test(input) && !existsSync(organisation)
}

function notFetched(input: string, cause: LosslineError): LosslineError {
  const what = 'does not exist here, and datasets of the Hub are not fetched'
  const fix = `Name a file; hf download ${input} --repo-type dataset --local-dir FOLDER gets them.`
  return new LosslineError('dataset/not-found', what, { where: input, fix, cause })
}

async function findMatches(pattern: string): Promise<string[]> {
  // Loaded where there is a pattern: every command would wait 28 ms for it.
  const { glob } = await import('tinyglobby')
  const matches = await glob(pattern, { expandDirectories: false, absolute: isAbsolute(pattern) })
  const files = matches.filter(file => !OWN_FILES.has(basename(file))).sort()
  if (files.length === 0) {
    const fix = 'Check the pattern; quote it if the shell should leave it alone.'
    throw new LosslineError('dataset/no-match', 'matches no file', { where: pattern, fix })
  }
  for (const file of files) await checkReadable(file)
  return files
}

async function findInFolder(folder: string, notice: Notice | undefined): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw toFileError(cause, folder)
  })
  if (entries.some(({ name }) => SAVED_FOLDER_FILES.includes(name))) return [folder]
  const visible = entries.filter(({ name }) => !name.startsWith('.') && !OWN_FILES.has(name))
  const [files, others] = partition(visible, entry => !entry.isDirectory() && DATA_FILE.test(entry.name))
  if (files.length === 0) {
    const what =
      'holds no data files; expected .jsonl, .json, .csv, .tsv, .parquet or .arrow, plain, .gz or .zst'
    const fix = 'Name the files, or a pattern such as FOLDER/**/*.jsonl.'
    throw new LosslineError('dataset/no-data-files', what, { where: folder, fix })
  }
  if (others.length > 0) notice?.(`${folder} also holds what is not read: ${listNames(others)}.`)
  const paths = files.map(({ name }) => join(folder, name)).sort()
  for (const path of paths) await checkReadable(path)
  return paths
}

async function checkReadable(file: string): Promise<void> {
  try {
    await (await open(file)).close()
  } catch (cause) {
    throw toFileError(cause, file)
  }
}

function emptyFile(file: string): LosslineError {
  const fix = 'Leave it out, or write its rows.'
  return new LosslineError('dataset/empty', 'is empty; expected rows', { where: file, fix })
}

function listNames(entries: readonly Dirent[]): string {
  const names = entries.map(entry => `${entry.name}${entry.isDirectory() ? '/' : ''}`).sort()
  const more = names.length - LISTED
  return names.slice(0, LISTED).join(', ') + (more > 0 ? ` and ${more} more` : '')
}

const LISTED = 4

function partition<T>(items: readonly T[], isFirst: (item: T) => boolean): [T[], T[]] {
  return [items.filter(isFirst), items.filter(item => !isFirst(item))]
}
