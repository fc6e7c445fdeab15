import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'

const PREFIX = `lossline-${hostname()}-`

/**
 * A new folder for what lives as long as this process, on the system's temporary storage.
 *
 * Its name tells the machine and the process: what a process has left that was killed is taken away when the next one makes a folder.
 */
export function makeTemporaryFolder(parent: string = tmpdir()): string {
  for (const name of readdirSync(parent)) if (isLeft(name)) remove(join(parent, name))
  return mkdtempSync(join(parent, `${PREFIX}${process.pid}-`))
}

function isLeft(name: string): boolean {
  const [, pid] = (name.startsWith(PREFIX) && /^(\d+)-\w{6}$/.exec(name.slice(PREFIX.length))) || []
  if (pid === undefined) return false
  try {
    process.kill(Number(pid), 0)
    return false
  } catch (error) {
    // EPERM is somebody else's, and alive.
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}

function remove(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true })
  } catch {
    // Somebody else's: that is for them.
  }
}
