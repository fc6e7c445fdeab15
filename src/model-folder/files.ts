import { LosslineError } from '../error.ts'
import { type Json, JsonFloat, type JsonObject, parseJson } from '../json/index.ts'

/** The files of a model folder, on a disk or dropped on a page. */
export interface ModelFiles {
  /** The text of a file, unpacked where it is gzip under its own name or `name.gz`; undefined when there is none. */
  readText(name: string): string | undefined
  /** Names in a subfolder, sorted, so that nothing depends on a file system's order; empty when there is no such folder. */
  list(subfolder: string): readonly string[]
  /** A file as messages name it. */
  describe(name: string): string
}

/**
 * The JSON object in a file; undefined when there is no such file.
 *
 * @throws LosslineError `json/syntax` with the file, `hub/not-object`
 */
export function readObject(files: ModelFiles, name: string): JsonObject | undefined {
  const text = files.readText(name)
  if (text === undefined) return undefined
  const where = files.describe(name)
  const value = parse(text, where)
  if (isObject(value)) return value
  const fix = 'Copy or download it again.'
  throw new LosslineError('hub/not-object', 'holds no JSON object', { where, fix })
}

/** These files are only looked into, so the fast parser will do; the exact one says what is wrong. */
function parse(text: string, where: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    try {
      return parseJson(text)
    } catch (error) {
      if (!(error instanceof LosslineError)) throw error
      const at = { where: `${where} ${error.where ?? ''}`.trimEnd(), cause: error }
      throw new LosslineError(error.code, error.message, {
        ...at,
        fix: 'The file is damaged: download it again.',
      })
    }
  }
}

export function isObject(value: Json | undefined): value is JsonObject {
  if (typeof value !== 'object' || value === null) return false
  return !Array.isArray(value) && !(value instanceof JsonFloat) && !(value instanceof Map)
}
