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
