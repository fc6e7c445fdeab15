import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { random } from '../random.ts'

/** The SHA-256 of every file of a folder, by its name; `folder` stands for a folder in it. */
export function hashFolder(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  return Object.fromEntries(
    entries.map(entry => [
      entry.name,
      entry.isDirectory()
        ? 'folder'
        : createHash('sha256')
            .update(readFileSync(join(folder, entry.name)))
            .digest('hex'),
    ]),
  )
}

const WORDS = [
  'grass',
  'snow',
  'coal',
  'green',
  'white',
  'black',
  'colour',
  'Answer',
  'one',
  'word',
  'is',
  'the',
]

/** Conversations of 1 to 4 answers of differing lengths. */
export function makeConversations(
  count: number,
  seed = 1,
): { messages: { role: string; content: string }[] }[] {
  const next = random(seed)
  const text = (): string => Array.from({ length: 1 + next(30) }, () => WORDS[next(WORDS.length)]!).join(' ')
  return Array.from({ length: count }, () => ({
    messages: Array.from({ length: 1 + next(4) }, () => [
      { role: 'user', content: text() },
      { role: 'assistant', content: text() },
    ]).flat(),
  }))
}

/** Rows as `--format jsonl` writes them. */
export interface WrittenRow {
  readonly input_ids: number[]
  readonly labels: number[]
  readonly seq_lengths?: number[]
  readonly loss_weights?: number[]
}

export function readJsonlShards(folder: string): WrittenRow[] {
  return readdirSync(folder)
    .filter(name => /^data-\d+\.jsonl$/.test(name))
    .sort()
    .flatMap(name => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n'))
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as WrittenRow)
}
