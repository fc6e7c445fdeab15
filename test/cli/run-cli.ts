import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const MAIN: string = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url))

export interface CliResult {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface CliOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
  /** Closes the pipe of standard output after the first bytes, as `head` does. */
  readonly closesEarly?: boolean
}

/** Runs the built command line as a process of its own, with nothing of this process's wishes about colours. */
export function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const { child, result } = startCli(args, options)
  child.stdin.end(options.stdin ?? '')
  return result
}

/** The same with standard input left open. */
export function startCli(
  args: readonly string[],
  options: CliOptions = {},
): { child: ChildProcessWithoutNullStreams; result: Promise<CliResult> } {
  const { NO_COLOR: _, FORCE_COLOR: __, COLUMNS: ___, DEBUG: ____, ...inherited } = process.env
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: options.cwd ?? process.cwd(),
    env: { ...inherited, LOSSLINE_CACHE: CACHE, HF_HUB_OFFLINE: '1', TZ: 'UTC', ...options.env },
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    stdout += part
    if (options.closesEarly === true) child.stdout.destroy()
  })
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    stderr += part
  })
  const result = new Promise<CliResult>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
  return { child, result }
}

export function makeFolder(): string {
  return mkdtempSync(join(tmpdir(), 'lossline-test-'))
}

const CACHE = makeFolder()

/** Writes a file of JSON lines and gives its path. */
export function writeRows(folder: string, name: string, rows: readonly unknown[]): string {
  const path = join(folder, name)
  writeFileSync(path, rows.map(row => `${JSON.stringify(row)}\n`).join(''))
  return path
}
