import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { splitFile } from './split-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'lossline-test-'))
after(() => rmSync(folder, { recursive: true }))

const rows = Array.from({ length: 20_000 }, (_, i) => JSON.stringify({ text: `row ${i}` }))
const lines = `${rows.join('\n')}\n`

const FILES: Readonly<Record<string, Uint8Array | string>> = {
  'plain.jsonl': lines,
  'packed.jsonl.gz': gzipSync(lines),
  'list.json': `[${rows.join(',')}]`,
}

for (const [name, content] of Object.entries(FILES)) {
  test(`tells of every byte of ${name} as it lies on the disk`, async () => {
    const file = join(folder, name)
    writeFileSync(file, content)
    let bytesRead = 0
    const seen: number[] = []
    const onBytes = (byteLength: number): void => {
      bytesRead += byteLength
    }
    for await (const _ of splitFile(file, { chunkBytes: 1 << 14, onBytes })) seen.push(bytesRead)
    assert.ok(seen.length > 1)
    assert.equal(bytesRead, statSync(file).size)
  })
}
