import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { LosslineError } from '../error.ts'
import { findPackageRoot } from '../package-root.ts'

/** The built page. @throws LosslineError `view/no-page` in a checkout that is not built */
export function readViewPage(): string {
  const path = join(findPackageRoot(), 'dist/browser/view/index.html')
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const fix = 'Run npm run build.'
    throw new LosslineError('view/no-page', 'is not there', { where: path, fix, cause })
  }
}
