import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Makes a folder, with the folders around it; one that is there is left as it is. Node's own `recursive` goes round for ever where a folder
 * takes no new one, as /proc.
 *
 * @throws what the system says; `toWriteError` puts it in words
 */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code === 'EEXIST' && statSync(path).isDirectory()) return
    const parent = dirname(path)
    if (code !== 'ENOENT' || existsSync(parent)) throw cause
    makeFolder(parent)
    mkdirSync(path)
  }
}
