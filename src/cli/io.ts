import type { ColorLevel } from '../inspect/index.ts'

/** What a command writes to. */
export interface Io {
  /** Writes to standard output; resolves when the reader can take more. */
  readonly write: (output: string | Uint8Array) => Promise<void>
  /** One line to standard error. */
  readonly tell: (line: string) => void
  /** Text to standard error as it stands. */
  readonly tellPart: (text: string) => void
  /** Whether a terminal shows standard error. */
  readonly isErrorTerminal: boolean
  /** Columns of standard output. */
  readonly width: number
  readonly colors: ColorLevel
  /** Whether a terminal reads standard output: what could act on it is written out. */
  readonly isTerminal: boolean
  /** DEBUG is set: the stack of an unexpected error is wanted. */
  readonly isDebug: boolean
}

/** 130: stopped by Ctrl-C. */
export type ExitCode = 0 | 1 | 2 | 130

/** Standard output and error of this process. */
export function makeIo(stdout: NodeJS.WriteStream, stderr: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Io {
  return {
    write: output =>
      new Promise(resolve => {
        if (stdout.write(output)) resolve()
        else stdout.once('drain', resolve)
      }),
    tell: line => {
      stderr.write(`${line}\n`)
    },
    tellPart: text => {
      stderr.write(text)
    },
    isErrorTerminal: stderr.isTTY === true,
    width: findWidth(stdout, env),
    colors: findColors(stdout, env),
    isTerminal: stdout.isTTY === true,
    isDebug: Boolean(env['DEBUG']),
  }
}

function findWidth(stdout: NodeJS.WriteStream, env: NodeJS.ProcessEnv): number {
  const columns = stdout.isTTY === true ? stdout.columns : Number(env['COLUMNS'] ?? 80)
  return Number.isInteger(columns) && columns >= 20 ? columns : 80
}

/** https://no-color.org, and FORCE_COLOR as Node has it: 0 none, 1 sixteen, else 256. */
function findColors(stdout: NodeJS.WriteStream, env: NodeJS.ProcessEnv): ColorLevel {
  if (env['NO_COLOR']) return 0
  const forced = env['FORCE_COLOR']
  if (forced !== undefined) {
    if (forced === '0' || forced === 'false') return 0
    return forced === '1' ? 16 : 256
  }
  if (stdout.isTTY !== true) return 0
  const depth = stdout.getColorDepth(env)
  if (depth < 4) return 0
  return depth >= 8 ? 256 : 16
}
