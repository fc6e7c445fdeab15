import { describeError, LosslineError } from '../error.ts'
import { toVisible } from '../inspect/index.ts'
import type { ExitCode, Io } from './io.ts'

/** Tells what went wrong, in one line. Usage is 2, all else 1. */
export function reportError(error: unknown, io: Io, isDebug: boolean): ExitCode {
  if (error instanceof LosslineError) {
    io.tell(toErrorLine(error))
    return isUsageError(error) ? 2 : 1
  }
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error))
  io.tell(
    `lossline: unexpected ${name}: ${onOneLine(message)}. This is a bug: please report it with what --debug adds.`,
  )
  if (isDebug && stack !== undefined) io.tell(stack)
  return 1
}

const USAGE_CODES = [
  'mask/option',
  'template/options',
  'prepare/option',
  'train/option',
  'train/config',
  'train/report-to',
  'generate/option',
  'lint/rule',
  'lint/level',
  'lint/config',
]

/** Whether the call is wrong, and not the data: then no other row will do better. */
export function isUsageError(error: LosslineError): boolean {
  return error.code.startsWith('cli/') || USAGE_CODES.includes(error.code)
}

/** `lossline: where what. fix` */
export function toErrorLine(error: LosslineError): string {
  return `lossline: ${onOneLine(describeError(error, 'flag'))}`
}

/** Errors quote data: nothing of it may act on the terminal or start a line of its own. */
function onOneLine(text: string): string {
  return text.split(' ').map(toVisible).join(' ')
}
