/** What `check` holds in memory is bounded by the longest row, however much there is to find in it. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeModelFolder } from './model-folder.ts'
import { type CliResult, makeFolder, runCli, writeRows } from './run-cli.ts'

const folder = makeFolder()
const model = makeModelFolder()
const skip = existsSync('/proc/self/status') ? false : 'the peak of a process is read from /proc'

test('a row of 10 MB takes a bounded amount of memory', { skip }, async () => {
  const words = ['grass', 'green', 'sea', 'tide', 'é', 'word', 'of', 'snow', 'white,']
  const count = 2_600_000
  const answer = Array.from({ length: count }, (_, w) => words[(w * w + (w >> 3)) % words.length]).join(' ')
  assert.ok(answer.length > 1e7)
  const { result, peakMB } = await check([answer])
  assert.equal(result.code, 0, result.stderr)
  assert.match(result.stdout, /1 row checked/)
  assert.ok(peakMB < 470, `${peakMB} MB`)
})

test('a million findings in four rows are counted, three are shown, and the memory is bounded', {
  skip,
}, async () => {
  const answer = 'no<|im_end|>'.repeat(250_000)
  const { result, peakMB } = await check([answer, answer, answer, answer])
  assert.equal(result.code, 1, result.stderr)
  assert.match(result.stdout, /^error special-token-in-content .*1,000,000 times$/m)
  assert.ok(result.stdout.length < 20_000, `${result.stdout.length} characters`)
  assert.ok(peakMB < 1150, `${peakMB} MB`)
})

/** Checks rows of one answer each in a process of its own. */
async function check(answers: readonly string[]): Promise<{ result: CliResult; peakMB: number }> {
  const user = { role: 'user', content: 'Tell.' }
  const rows = answers.map(content => ({ messages: [user, { role: 'assistant', content }] }))
  const file = writeRows(folder, 'large.jsonl', rows)
  const told = join(folder, 'peak')
  // Of /proc, not of resourceUsage: that begins with the size of the process that started this one.
  const hook = `import { isMainThread } from 'node:worker_threads'; import { readFileSync, writeFileSync } from 'node:fs';
    if (isMainThread) process.on('exit', () => writeFileSync(${JSON.stringify(told)}, readFileSync('/proc/self/status')))`
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(hook)}` }
  const result = await runCli(['check', file, '--tokenizer', model], { env })
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(told, 'utf8'))!
  return { result, peakMB: Math.round(Number(kilobytes) / 1000) }
}
