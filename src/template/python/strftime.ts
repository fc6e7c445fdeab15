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
  // Python looks first: without a time zone there is nothing to write for %z and %Z, and microseconds glibc does not know.
  const micros = String(date.getMilliseconds() * 1000).padStart(6, '0')
  const own: Readonly<Record<string, string>> = { '%z': '', '%Z': '', '%f': micros }
  const left = format.replace(/%[\s\S]/g, pair => own[pair] ?? pair)
  return left.replace(
    DIRECTIVE,
    (whole, flags: string, width: string, modifier: string, directive: string) => {
      if (directive === 'z') return ''
      const field = takesModifier(directive, modifier) ? fieldOf(date, directive) : undefined
      return pad(field ?? text(whole), flags, Number(width))
    },
  )
}

const DIRECTIVE = /%([-_0^#]*)(\d*)([EO]?)([\s\S]?)/gu

/** glibc's `E` and `O` ask for another calendar or other digits, which the C locale lacks; not every directive takes them. */
function takesModifier(directive: string, modifier: string): boolean {
  if (modifier === '') return true
  return (modifier === 'E' ? 'cCnpPrRstTuxXyYzZ%' : 'bBCdegGhHIjklmMnpPrRsStTuUVwWyzZ%').includes(directive)
}

interface Field {
  readonly text: string
  /** What fills up to `width`: numbers have `0` or a space, texts none of their own. */
  readonly fill: '0' | ' ' | ''
  readonly width: number
  /** What the flag `#` does to it. */
  readonly swapped?: 'upper' | 'lower'
}

const number = (value: number, width: number, fill: '0' | ' ' = '0'): Field => ({
  text: String(value),
  fill,
  width,
})
const text = (value: string): Field => ({ text: value, fill: '', width: 0 })
const name = (value: string): Field => ({ ...text(value), swapped: 'upper' })

function fieldOf(date: Date, directive: string): Field | undefined {
  const hour = date.getHours()
  const year = date.getFullYear()
  const weekday = date.getDay()
  switch (directive) {
    case 'a':
      return name(DAYS[weekday]!.slice(0, 3))
    case 'A':
      return name(DAYS[weekday]!)
    case 'b':
    case 'h':
      return name(MONTHS[date.getMonth()]!.slice(0, 3))
    case 'B':
      return name(MONTHS[date.getMonth()]!)
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
      return { ...text(hour < 12 ? 'AM' : 'PM'), swapped: 'lower' }
    case 'P':
      return text(hour < 12 ? 'am' : 'pm')
    case 'r':
      return text(strftime(date, '%I:%M:%S %p'))
    case 'R':
      return text(strftime(date, '%H:%M'))
    case 's':
      return number(Math.floor(date.getTime() / 1000), 1, ' ')
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
    case 'Z':
      return text('')
    case '%':
      return text('%')
  }
  return undefined
}

function pad(field: Field, flags: string, asked: number): string {
  // Of several the last one counts.
  const flag = /[-_0](?=[^-_0]*$)/.exec(flags)?.[0]
  const fill = flag === '_' || flag === '-' ? ' ' : flag === '0' ? '0' : field.fill || ' '
  return changeCase(field, flags).padStart(flag === '-' ? asked : Math.max(asked, field.width), fill)
}

function changeCase({ text, swapped }: Field, flags: string): string {
  // `%P` is small letters whatever is asked.
  if (text === 'am' || text === 'pm') return text
  if (flags.includes('#') && swapped !== undefined)
    return swapped === 'upper' ? text.toUpperCase() : text.toLowerCase()
  return flags.includes('^') ? text.toUpperCase() : text
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
