import { PyError } from './py-error.ts'

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

/**
 * `datetime.strftime(format)` of a datetime without a time zone, as Python 3.11 on Linux (glibc, C locale): glibc's flags and
 * widths (`%-d`, `%_H`, `%^a`, `%5Y`) too; a directive that is not known stays as it is.
 *
 * @param date read in local time
 */
export function strftime(date: Date, format: string): string {
  if (format.includes('\0')) throw new PyError('ValueError', 'embedded null character')
  return format.replace(/%([-_0^#+]*)(\d*)([EO]?)([\s\S])/gu, (whole, flags, width, _modifier, directive) => {
    const field = whole.length === 2 || directive !== 'f' ? fieldOf(date, directive) : undefined
    return field === undefined ? whole : pad(field, flags, Number(width))
  })
}

interface Field {
  readonly text: string
  /** What fills up to `width`: numbers have `0` or a space, texts none of their own. */
  readonly fill: '0' | ' ' | ''
  readonly width: number
}

const number = (value: number, width: number, fill: '0' | ' ' = '0'): Field => ({
  text: String(value),
  fill,
  width,
})
const text = (value: string): Field => ({ text: value, fill: '', width: 0 })

function fieldOf(date: Date, directive: string): Field | undefined {
  const hour = date.getHours()
  const year = date.getFullYear()
  const weekday = date.getDay()
  switch (directive) {
    case 'a':
      return text(DAYS[weekday]!.slice(0, 3))
    case 'A':
      return text(DAYS[weekday]!)
    case 'b':
    case 'h':
      return text(MONTHS[date.getMonth()]!.slice(0, 3))
    case 'B':
      return text(MONTHS[date.getMonth()]!)
    case 'c':
      return text(strftime(date, '%a %b %e %H:%M:%S %Y'))
    case 'C':
      return number(Math.floor(year / 100), 2)
    case 'd':
      return number(date.getDate(), 2)
    case 'D':
    case 'x':
      return text(strftime(date, '%m/%d/%y'))
    case 'e':
      return number(date.getDate(), 2, ' ')
    case 'f':
      return number(date.getMilliseconds() * 1000, 6)
    case 'F':
      return text(strftime(date, '%Y-%m-%d'))
    case 'g':
      return number(isoWeek(date).year % 100, 2)
    case 'G':
      return number(isoWeek(date).year, 1)
    case 'H':
      return number(hour, 2)
    case 'I':
      return number(hour % 12 || 12, 2)
    case 'j':
      return number(dayOfYear(date) + 1, 3)
    case 'k':
      return number(hour, 2, ' ')
    case 'l':
      return number(hour % 12 || 12, 2, ' ')
    case 'm':
      return number(date.getMonth() + 1, 2)
    case 'M':
      return number(date.getMinutes(), 2)
    case 'n':
      return text('\n')
    case 'p':
      return text(hour < 12 ? 'AM' : 'PM')
    case 'P':
      return text(hour < 12 ? 'am' : 'pm')
    case 'r':
      return text(strftime(date, '%I:%M:%S %p'))
    case 'R':
      return text(strftime(date, '%H:%M'))
    case 's':
      return number(Math.floor(date.getTime() / 1000), 1)
    case 'S':
      return number(date.getSeconds(), 2)
    case 't':
      return text('\t')
    case 'T':
    case 'X':
      return text(strftime(date, '%H:%M:%S'))
    case 'u':
      return number(weekday || 7, 1)
    case 'U':
      return number(Math.floor((dayOfYear(date) + 7 - weekday) / 7), 2)
    case 'V':
      return number(isoWeek(date).week, 2)
    case 'w':
      return number(weekday, 1)
    case 'W':
      return number(Math.floor((dayOfYear(date) + 7 - ((weekday + 6) % 7)) / 7), 2)
    case 'y':
      return number(((year % 100) + 100) % 100, 2)
    case 'Y':
      return number(year, 1)
    case 'z':
    case 'Z':
      // Without a time zone Python writes nothing.
      return text('')
    case '%':
      return text('%')
  }
  return undefined
}

function pad(field: Field, flags: string, asked: number): string {
  const flag = /[-_0+](?=[^-_0+]*$)/.exec(flags)?.[0]
  const cased = changeCase(field.text, flags)
  const fill = flag === '_' ? ' ' : flag === '0' || flag === '+' ? '0' : field.fill || ' '
  const width = flag === '-' ? asked : Math.max(asked, field.width)
  return flag === '-' && asked === 0 ? cased : cased.padStart(width, fill)
}

function changeCase(value: string, flags: string): string {
  if (flags.includes('^')) return value.toUpperCase()
  if (!flags.includes('#')) return value
  return value === 'AM' || value === 'PM' ? value.toLowerCase() : value.toUpperCase()
}

/** From 0. Through UTC, where all days are equally long. */
function dayOfYear(date: Date): number {
  const year = date.getFullYear()
  return (utcDay(year, date.getMonth(), date.getDate()) - utcDay(year, 0, 1)) / 86_400_000
}

function utcDay(year: number, month: number, day: number): number {
  // Date.UTC reads years below 100 as 19xx.
  return new Date(0).setUTCFullYear(year, month, day)
}

/** ISO 8601's week, which belongs to the year of its Thursday. */
function isoWeek(date: Date): { year: number; week: number } {
  const thursday = new Date(
    utcDay(date.getFullYear(), date.getMonth(), date.getDate() + 3 - ((date.getDay() + 6) % 7)),
  )
  const year = thursday.getUTCFullYear()
  return { year, week: 1 + Math.floor((thursday.getTime() - utcDay(year, 0, 1)) / (7 * 86_400_000)) }
}
