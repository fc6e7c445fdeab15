/** Writes the names that can be imported now into test/golden/exports.txt: node dist/test/package/make-exports.js, then read the diff. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { listExportedNames } from './exported-names.ts'
import { ROOT } from './package-root.ts'

writeFileSync(join(ROOT, 'test/golden/exports.txt'), listExportedNames())
