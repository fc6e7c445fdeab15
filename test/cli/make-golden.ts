/** Writes what the command line says now into every golden file: node dist/test/cli/make-golden.js, then read the diff. */
import { writeFileSync } from 'node:fs'
import { readGoldens } from './golden.ts'

for (const { name, path, text, run } of readGoldens()) {
  const fresh = await run()
  if (fresh === text) continue
  writeFileSync(path, fresh)
  console.log(`wrote ${name}`)
}
