import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** What a command and its children took. */
export interface ProcessTimes {
  readonly stdout: string
  readonly seconds: number
  readonly cpuSeconds: number
  /** Of all its processes together; pages that several share are counted once (PSS). */
  readonly peakMegabytes: number
}

/** Looking at all pages of a large process takes the kernel milliseconds. */
const SAMPLE_MS = 200

/**
 * Runs a command to its end and looks at its processes meanwhile (Linux).
 *
 * @throws Error when it fails, with what it wrote to standard error
 */
export async function runMeasured(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<ProcessTimes> {
  const start = performance.now()
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (data: Buffer) => {
    stdout += data
  })
  child.stderr.on('data', (data: Buffer) => {
    stderr += data
  })
  let peakBytes = 0
  let cpuSeconds = 0
  const timer = setInterval(() => {
    const found = sample(child)
    peakBytes = Math.max(peakBytes, found.bytes)
    cpuSeconds = Math.max(cpuSeconds, found.cpuSeconds)
  }, SAMPLE_MS)
  const code = await new Promise(resolve => child.on('close', resolve))
  clearInterval(timer)
  if (code !== 0)
    throw new Error(`${command} ${args.join(' ')} ended with ${String(code)}: ${stderr.slice(-2000)}`)
  return { stdout, seconds: (performance.now() - start) / 1000, cpuSeconds, peakMegabytes: peakBytes / 1e6 }
}

/** Ticks of the clock that /proc counts in. */
const TICKS = 100

function sample({ pid }: ChildProcess): { bytes: number; cpuSeconds: number } {
  let bytes = 0
  let ticks = 0
  for (const process of listTree(pid!)) {
    const [, kilobytes] = /^Pss:\s+(\d+)/m.exec(read(`/proc/${process}/smaps_rollup`)) ?? []
    bytes += 1024 * Number(kilobytes ?? 0)
    // After the name, which may hold anything: state is field 3; times of itself and of children that have ended are 14 to 17.
    const fields = read(`/proc/${process}/stat`)
      .replace(/^.*\) /s, '')
      .split(' ')
    if (fields.length > 14) for (let i = 11; i < 15; i++) ticks += Number(fields[i])
  }
  return { bytes, cpuSeconds: ticks / TICKS }
}

/** A process with all that it started and they in turn; each of their threads may have started some. */
function listTree(root: number): number[] {
  const tree = [root]
  for (const pid of tree) {
    for (const thread of list(`/proc/${pid}/task`)) {
      const children = read(`/proc/${pid}/task/${thread}/children`).split(' ')
      for (const child of children) if (child !== '') tree.push(Number(child))
    }
  }
  return tree
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** A process that has ended has no files any more. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
