import type { Progress } from '../prepare/index.ts'
import type { Io } from './io.ts'

/** What shows how far some work has come. */
export interface ProgressView<State = Progress> {
  readonly update: (state: State) => void
  /** Takes the line away; it comes again with the next update. */
  readonly end: () => void
}

/** A line on a terminal ten times a second; in a log a line every ten seconds; with --json an event a second. Nothing of it on standard output. */
export function makeProgress(io: Io, isJson: boolean): ProgressView {
  return makeProgressOf<Progress>(io, isJson, toProgressLine)
}

/**
 * The same for any work.
 *
 * @param toLine what the line says, after so many seconds; with --json the work's state stands as it is
 */
export function makeProgressOf<State extends object>(
  io: Io,
  isJson: boolean,
  toLine: (state: State, seconds: number) => string,
): ProgressView<State> {
  const start = performance.now()
  const everyMs = isJson ? 1000 : io.isErrorTerminal ? 100 : 10_000
  let last = start
  let shown = false
  return {
    update: state => {
      const now = performance.now()
      if (now - last < everyMs) return
      last = now
      const seconds = (now - start) / 1000
      if (isJson)
        io.tell(JSON.stringify({ event: 'progress', ...state, seconds: Math.round(seconds * 10) / 10 }))
      else if (io.isErrorTerminal) {
        io.tellPart(`\r\x1b[K${toLine(state, seconds)}`)
        shown = true
      } else io.tell(`lossline: ${toLine(state, seconds)}`)
    },
    end: () => {
      if (shown) io.tellPart('\r\x1b[K')
      shown = false
    },
  }
}

function toProgressLine(
  { rows, tokens, rejected, bytesRead, bytesTotal }: Progress,
  seconds: number,
): string {
  const share = bytesTotal === undefined || bytesTotal === 0 ? undefined : Math.min(1, bytesRead / bytesTotal)
  const left = share === undefined || share < 0.01 ? undefined : (seconds * (1 - share)) / share
  return [
    share === undefined ? undefined : `${String(Math.floor(share * 100)).padStart(3)} %`,
    `${toShort(rows)} rows`,
    `${toShort(rows / seconds)} rows/s`,
    `${toShort(tokens / seconds)} tokens/s`,
    rejected === 0 ? undefined : `${toShort(rejected)} rejected`,
    left === undefined ? undefined : `${toClock(left)} left`,
  ]
    .filter(part => part !== undefined)
    .join(' · ')
}

/** 3 to 4 digits: 912, 8.41k, 12.3M */
export function toShort(count: number): string {
  const power = count < 1000 ? 0 : Math.min(3, Math.floor(Math.log10(count) / 3))
  const value = count / 1000 ** power
  return `${power === 0 ? Math.round(value) : value.toPrecision(3)}${['', 'k', 'M', 'G'][power]}`
}

/** 4:05, 1:00:07 */
export function toClock(seconds: number): string {
  const whole = Math.ceil(seconds)
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const shown = parts[0] === 0 ? parts.slice(1) : parts
  return shown.map((part, i) => (i === 0 ? String(part) : String(part).padStart(2, '0'))).join(':')
}
