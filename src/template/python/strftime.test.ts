import fc from 'fast-check'
import { agreesWithPython, cases } from '../../../test/interop/python-oracle.ts'
import { strftime } from './strftime.ts'

const directive = fc
  .tuple(
    fc.constantFrom('', '', '', '-', '_', '0', '^', '#', '^_', '-#', '#^'),
    fc.constantFrom('', '', '', '1', '3', '12', '05'),
    fc.constantFrom(...'aAbBcCdDeFgGhHIjklmMnpPrRsStTuUVwWxXyYzZ%f'),
  )
  .map(parts => `%${parts.join('')}`)
const format = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: directive },
      fc.constantFrom(
        ' ',
        'é😀',
        ...Array.from('aBcCdDfFGHjmMnpPrsStTuUVwxXyYzZ%q', d => `%E${d}%O${d}`),
        '%',
        '%q',
        '%é',
        '%- ',
      ),
    ),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map(parts => parts.join(''))
const moment = fc.date({ min: new Date(1971, 0, 1), max: new Date(2199, 0, 1), noInvalidDate: true })

agreesWithPython('a date is written as Python on Linux writes it', () =>
  cases(fc.tuple(moment, format), 20_000).map(([date, format]) => ({
    fn: 'strftime',
    args: [fieldsOf(date), format],
    ours: () => strftime(date, format),
  })),
)

agreesWithPython('every day has Python’s week numbers', () =>
  Array.from({ length: 366 * 12 }, (_, day) => new Date(2019, 0, day, 13, 5, 9)).map(date => ({
    fn: 'strftime',
    args: [fieldsOf(date), '%j %U %W %V %G %g %u %w %a %e %-d'],
    ours: () => strftime(date, '%j %U %W %V %G %g %u %w %a %e %-d'),
  })),
)

function fieldsOf(date: Date): number[] {
  return [
    date.getFullYear(),
    date.getMonth() + 1,
    date.getDate(),
    date.getHours(),
    date.getMinutes(),
    date.getSeconds(),
    date.getMilliseconds() * 1000,
  ]
}
