import { readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { LosslineError, quote } from '../error.ts'
import { type ModelFiles, type ModelFolder, readModelFacts } from '../model-folder/index.ts'
import { readBytes, readTextIn, toText } from './read-file.ts'

/**
 * What a model folder says about its tokenizer and its chats; every file may be gzip (`tokenizer.json.gz`).
 *
 * @param path the folder, or its tokenizer.json under whatever name; then the files beside it are read
 * @throws LosslineError `hub/not-found`, `hub/no-tokenizer` with what the folder holds, `json/syntax` and others with the file
 */
export function readModelFolder(path: string): ModelFolder {
  const isFolder = isDirectory(path)
  const folder = isFolder ? path : dirname(path)
  const names = ['tokenizer.json', 'tokenizer.json.gz'].map(name => join(path, name))
  const tokenizerFile = isFolder ? names.find(isFile) : path
  const tokenizerBytes = tokenizerFile === undefined ? undefined : readBytes(tokenizerFile)
  if (tokenizerFile === undefined || tokenizerBytes === undefined)
    throw isFolder ? noTokenizer(path) : notFound(path)
  return { folder, tokenizerFile, tokenizerBytes, ...readModelFacts(filesIn(folder)) }
}

/** The files of a model folder on a disk, whether there is a tokenizer among them or not. */
export function filesIn(folder: string): ModelFiles {
  return {
    readText: name => readTextIn(folder, name),
    list: subfolder => listFolder(join(folder, subfolder)),
    describe: name => join(folder, name),
  }
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    return []
  }
}

/** The text of a model's tokenizer.json. @throws LosslineError `hub/gzip`, `hub/not-utf8` */
export function readTokenizerJson({ tokenizerBytes, tokenizerFile }: ModelFolder): string {
  return toText(tokenizerBytes, tokenizerFile)
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

export function notFound(path: string): LosslineError {
  const fix = 'Name a model folder, a tokenizer.json, or a model of the Hub (org/name).'
  return new LosslineError('hub/not-found', 'does not exist', { where: path, fix })
}

function noTokenizer(folder: string): LosslineError {
  const files = readdirSync(folder).sort()
  const found = files.length === 0 ? 'is empty' : `holds ${files.slice(0, 6).map(quote).join(', ')}`
  const more = files.length > 6 ? ` and ${files.length - 6} more` : ''
  const slow = files.some(file => file === 'tokenizer.model' || file === 'vocab.json' || file === 'vocab.txt')
  const fix = slow
    ? 'Write one with AutoTokenizer.from_pretrained(FOLDER).save_pretrained(FOLDER) in Python.'
    : 'Name the folder that holds tokenizer.json.'
  const what = `${found}${more}; expected a tokenizer.json or tokenizer.json.gz`
  return new LosslineError('hub/no-tokenizer', what, { where: join(folder), fix })
}
