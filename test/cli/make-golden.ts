/** Writes what the command line says now into every golden file: node dist/test/cli/make-golden.js, then read the diff. */
import { writeFileSync } from 'node:fs'
import { GOLDEN, readGoldens } from './golden.ts'

for (const { name, text, run } of readGoldens()) {
  const fresh = await run()
  if (fresh === text) continue
  writeFileSync(GOLDEN + name, fresh)
  console.log(`wrote ${name}`)
}
