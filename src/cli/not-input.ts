import { statSync } from 'node:fs'
import { LosslineError } from '../error.ts'

/** @throws LosslineError `cli/in-place` for an output that is the file that is read, which would be gone */
export function checkNotInput(output: string, input: string): void {
  const [written, read] = [output, input].map(path => statSync(path, { throwIfNoEntry: false }))
  if (written === undefined || read === undefined || !written.isFile()) return
  if (written.dev !== read.dev || written.ino !== read.ino) return
  const fix = 'Name another file; the old one stays as it is.'
  throw new LosslineError('cli/in-place', 'is the file that is read', { where: output, fix })
}

/** @throws LosslineError `cli/output-exists` for a file that is there, unless it may be written over */
export function checkAbsent(output: string, overwrite = false): void {
  if (overwrite || statSync(output, { throwIfNoEntry: false })?.isFile() !== true) return
  const fix = 'Write it anew with {overwrite}, or name another file.'
  throw new LosslineError('cli/output-exists', 'is there already', { where: output, fix })
}
