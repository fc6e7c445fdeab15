import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'

const PREFIX = `lossline-${hostname()}-${findProcessSpace()}`

/**
 * A new folder for what lives as long as this process, on the system's temporary storage.
 *
 * Its name tells the machine and the process: what a process has left that was killed is taken away when the next one makes a folder
 * beside it.
 */
export function makeTemporaryFolder(parent: string = tmpdir()): string {
  for (const name of readdirSync(parent)) if (isLeft(name)) remove(join(parent, name))
  return mkdtempSync(join(parent, `${PREFIX}${process.pid}-`))
}

/**
 * Where a number means the same process: one run of a system, and in it a namespace, of which containers have one each. Several that share
 * a folder may have one host name. Only Linux tells; elsewhere the name of the host has to do.
 */
function findProcessSpace(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8)
    return `${boot}-${readlinkSync('/proc/self/ns/pid').replace(/\D/g, '')}-`
  } catch {
    return ''
  }
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
