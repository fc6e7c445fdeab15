import { LosslineError, quote } from '../../error.ts'

const QUOTE = '"'

/**
 * The fields of one record, as RFC 4180 and Python's `csv` have it: a field is quoted where a quote comes first in it, and two quotes in it
 * are one; a quote elsewhere is text.
 *
 * @throws LosslineError `dataset/csv-quotes` where a quoted field isn't closed, or goes on behind its quote
 */
export function parseFields(record: string, delimiter: string, where: string): string[] {
  const fields: string[] = []
  for (let at = 0; ; ) {
    if (record[at] !== QUOTE) {
      const end = record.indexOf(delimiter, at)
      fields.push(end < 0 ? record.slice(at) : record.slice(at, end))
      if (end < 0) return fields
      at = end + 1
      continue
    }
    const end = findClosingQuote(record, at + 1)
    if (end < 0) throw badQuotes(`has a quoted field that is not closed: ${quote(record.slice(at))}`, where)
    const text = record.slice(at + 1, end)
    fields.push(text.includes(QUOTE) ? text.replaceAll('""', QUOTE) : text)
    at = end + 1
    if (at === record.length) return fields
    if (record[at] !== delimiter) {
      throw badQuotes(`has text behind a closing quote: ${quote(record.slice(at))}`, where)
    }
    at++
  }
}

function findClosingQuote(record: string, start: number): number {
  let at = record.indexOf(QUOTE, start)
  while (at >= 0 && record[at + 1] === QUOTE) at = record.indexOf(QUOTE, at + 2)
  return at
}

function badQuotes(what: string, where: string): LosslineError {
  const fix = 'Put fields with quotes, delimiters or newlines in quotes, and double the quotes inside.'
  return new LosslineError('dataset/csv-quotes', what, { where, fix })
}

/** @throws LosslineError `dataset/csv-ragged` where a record has not as many fields as the header */
export function checkFieldCount(fields: readonly string[], columns: readonly string[], where: string): void {
  if (fields.length === columns.length) return
  const header = columns.map(quote).slice(0, 8).join(', ')
  const what = `has ${count(fields.length, 'field')}; the header names ${count(columns.length, 'column')} (${header})`
  const fix = 'Put fields that hold the delimiter in quotes.'
  throw new LosslineError('dataset/csv-ragged', what, { where, fix })
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
