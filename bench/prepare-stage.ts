/**
 * One preparation as a function, its imports not counted, as the benchmark counts TRL's; run by bench/prepare.ts:
 * node prepare-stage.js FILE TOKENIZER TEMPLATE MAX_LENGTH FOLDER. Prints one JSON line.
 */
import { readFileSync } from 'node:fs'
import { tuneV8 } from '../src/cli/tune-v8.ts'
import { prepare } from '../src/prepare/index.ts'

const [file, model, template, maxLength, output] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
]
// As the command does.
tuneV8()
const start = performance.now()
const cpu = process.cpuUsage()
await prepare({
  inputs: [{ path: file }],
  model,
  chatTemplate: { name: 'default', source: readFileSync(template, 'utf8'), file: template },
  maxLength: Number(maxLength),
  packing: 'bfd',
  output,
})
const { user, system } = process.cpuUsage(cpu)
console.log(
  JSON.stringify({ seconds: (performance.now() - start) / 1000, cpuSeconds: (user + system) / 1e6 }),
)
