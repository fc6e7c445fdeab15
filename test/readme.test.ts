// Every command and program of the README runs, and gives what the README shows.
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { REASONS, STRATEGIES } from '../src/mask/index.ts'
import { PACKAGE, ROOT } from './package/package-root.ts'
import { compileProgram, readBlocks, readReadme, readShown } from './readme/readme.ts'

const markdown = readReadme()

describe('shows what comes out', {
  skip: process.platform === 'win32' && 'the commands are for bash',
}, () => {
  for (const { name, text, run } of readShown(markdown)) {
    test(name, async () =>
      assert.equal(await run(), text, 'node dist/test/readme/make-readme.js writes what comes out now'),
    )
  }
})

for (const { line, text } of readBlocks(markdown).filter(({ notes }) => notes === 'typecheck'))
  test(`README.md:${line} is a program, though it needs a model to run`, () => void compileProgram(text))

test('names scripts and files that are there, here and in the other papers', () => {
  for (const paper of [
    'README.md',
    'ARCHITECTURE.md',
    'CONTRIBUTING.md',
    'COMPATIBILITY.md',
    'CHANGELOG.md',
  ]) {
    const text = readFileSync(join(ROOT, paper), 'utf8')
    for (const [, script] of text.matchAll(/npm run (?:--silent )?([\w:-]+)/g))
      assert.ok(PACKAGE.scripts[script!] !== undefined, `${paper}: npm run ${script}`)
    for (const [, path] of text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g))
      assert.ok(existsSync(join(ROOT, path!)), `${paper}: ${path}`)
  }
})

test('links to headings that are there', () => {
  const anchors = [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  )
  for (const [, anchor] of markdown.matchAll(/\]\(#([^)]+)\)/g)) assert.ok(anchors.includes(anchor!), anchor)
})

test('has every reason and every strategy in its tables, in their order', () => {
  assert.deepEqual(readTable('Find out why a token is not trained'), REASONS)
  assert.deepEqual(readTable("Compare with what TRL's collator trains"), Object.keys(STRATEGIES))
})

test('explains every warning that masks make, and no other', () => {
  const source = readdirSync(join(ROOT, 'src'), { recursive: true })
    .map(file => join(ROOT, 'src', String(file)))
    .filter(file => /(?<!\.test)\.ts$/.test(file) && !/src[\\/](?:lint|agreement)[\\/]/.test(file))
    .map(file => readFileSync(file, 'utf8'))
    .join('')
  const rules = [...source.matchAll(/(?:\brule: |\breport\(\s*)'([a-z]+(?:-[a-z]+)+)'/g)].map(
    ([, rule]) => rule!,
  )
  assert.deepEqual([...readTable('Read the warnings')].sort(), [...new Set(rules)].sort())
})

/** The names in the first column of a section's table. */
function readTable(heading: string): string[] {
  const section = markdown.split(/^## /m).find(text => text.startsWith(`${heading}\n`))!
  const cells = section.match(/^\| `.+?` +\|/gm) ?? []
  return cells.flatMap(cell => [...cell.matchAll(/`([a-z][a-z-]+)`/g)].map(([, name]) => name!))
}

test('draws in ARCHITECTURE.md a tree of folders and files that are there', () => {
  const tree = readBlocks(readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8')).find(({ text }) =>
    text.startsWith('src/\n'),
  )!
  const folders: string[] = []
  for (const line of tree.text.trimEnd().split('\n')) {
    const [, indent, names] = /^( *)(\S+(?: \S+)*)/.exec(line)!
    const depth = indent!.length / 2
    for (const name of names!.split(' ')) {
      folders[depth] = name
      const path = folders.slice(0, depth + 1).join('/')
      assert.ok(existsSync(join(ROOT, path)), path)
    }
  }
})
