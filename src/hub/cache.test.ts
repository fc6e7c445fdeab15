import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { findCacheFolder, readCached, writeCached } from './index.ts'

const WORK = mkdtempSync(join(tmpdir(), 'lossline-cache-'))
after(() => rmSync(WORK, { recursive: true, force: true }))
const BYTES = Uint8Array.from({ length: 1000 }, (_, i) => i % 251)

test('gives back the bytes that were kept, aligned, and leaves nothing else in the folder', () => {
  const folder = join(WORK, 'new', 'folder')
  assert.equal(readCached('table', folder), undefined)
  assert(writeCached('table', new Uint8Array(3), folder))
  assert(writeCached('table', BYTES, folder))
  const read = readCached('table', folder)!
  assert.deepEqual(Uint8Array.from(read), BYTES)
  assert.equal(read.byteOffset % 8, 0)
  assert.deepEqual(readdirSync(folder), ['table'])
})

test('takes a damaged or cut file for none, wherever it is damaged', () => {
  writeCached('hurt', BYTES, WORK)
  const whole = readFileSync(join(WORK, 'hurt'))
  for (const at of [0, 40, 64, 600, whole.length - 1]) {
    const hurt = Buffer.from(whole)
    hurt[at]! ^= 1
    writeFileSync(join(WORK, 'hurt'), hurt)
    assert.equal(readCached('hurt', WORK), undefined, `byte ${at}`)
    writeFileSync(join(WORK, 'hurt'), whole.subarray(0, at))
    assert.equal(readCached('hurt', WORK), undefined, `cut at ${at}`)
  }
})

test('a folder that can be neither read nor written is no error', () => {
  const file = join(WORK, 'file')
  writeFileSync(file, '')
  assert.equal(writeCached('table', BYTES, join(file, 'below')), false)
  assert.equal(readCached('table', join(file, 'below')), undefined)
})

test('refuses a key that would leave the folder', () => {
  for (const key of ['../x', 'a/b', '.', '', 'a\\b']) assert.throws(() => readCached(key, WORK), RangeError)
})

test('lies where each system keeps caches, or where LOSSLINE_CACHE says', () => {
  const home = homedir()
  assert.equal(findCacheFolder({ LOSSLINE_CACHE: '/c', XDG_CACHE_HOME: '/x' }, 'linux'), '/c')
  assert.equal(findCacheFolder({ XDG_CACHE_HOME: '/x' }, 'linux'), join('/x', 'lossline'))
  assert.equal(findCacheFolder({ XDG_CACHE_HOME: '' }, 'linux'), join(home, '.cache', 'lossline'))
  assert.equal(findCacheFolder({}, 'darwin'), join(home, 'Library', 'Caches', 'lossline'))
  assert.equal(findCacheFolder({ LOCALAPPDATA: '/l' }, 'win32'), join('/l', 'lossline', 'Cache'))
})
