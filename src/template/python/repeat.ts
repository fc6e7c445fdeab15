import { PyError } from './py-error.ts'

/** Fillings longer than this (UTF-16 units) are refused: a template from a stranger could ask for gigabytes of spaces. */
export const MAX_FILLING = 10_000_000

/** `text * count`; nothing for a count below 1. @throws PyError `OverflowError` for more than {@link MAX_FILLING} */
export function repeat(text: string, count: number): string {
  if (count < 1 || text === '') return ''
  if (text.length * count > MAX_FILLING) {
    throw new PyError('OverflowError', `a filling of more than ${MAX_FILLING} characters`)
  }
  return text.repeat(count)
}
