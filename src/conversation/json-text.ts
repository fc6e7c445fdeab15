import { LosslineError } from '../error.ts'
import { type Json, parseJson } from '../json/index.ts'
import { nameValue, rowError } from './row-error.ts'

/**
 * Parses JSON that a row holds as a string, as rows do whose columns must all be of one type.
 *
 * @throws LosslineError `conversation/json-text` with the string's beginning and the place inside it
 */
export function parseJsonText(text: string, where: string, fix: string): Json {
  try {
    return parseJson(text)
  } catch (error) {
    if (!(error instanceof LosslineError)) throw error
    throw rowError(
      'json-text',
      where,
      `is ${nameValue(text)}, which is not JSON (${error.where}: ${error.message})`,
      fix,
    )
  }
}
