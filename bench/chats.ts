import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { random } from '../test/random.ts'

/** Real rows, for tests and benchmarks; not in a clone. */
const DATA = '../shared/data'

/** A question and its answer. */
type Pair = readonly [question: string, answer: string]

/**
 * A JSONL file of about `megabytes` MB of `messages` rows, made from the real rows of ../shared/data: 1 to 8 question-answer pairs a chat, a
 * third with a system message. Every text is edited a little (numbers redrawn, capitalised words exchanged), so that the same text hardly
 * ever comes twice: caches of whole texts gain nothing, and words come as they do in real files. The same seed gives the same bytes.
 *
 * @returns the file, in the temporary folder, or undefined where ../shared/data isn't there
 */
export function makeChats(megabytes: number, seed = 7): string | undefined {
  if (!existsSync(DATA)) return undefined
  const folder = join(tmpdir(), 'lossline-bench')
  const version = createHash('sha256')
    .update(readFileSync(new URL(import.meta.url)))
    .digest('hex')
    .slice(0, 8)
  const file = join(folder, `chats-${megabytes}mb-${seed}-${version}.jsonl`)
  if (existsSync(file)) return file
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${file}.part`, writeChats(megabytes * 1e6, seed))
  renameSync(`${file}.part`, file)
  return file
}

function writeChats(bytes: number, seed: number): Buffer {
  const next = random(seed)
  const pairs = readPairs()
  const names = [...new Set(pairs.flatMap(pair => pair.join(' ').match(/\b[A-Z][a-z]{3,}\b/g) ?? []))]
  const edit = (text: string): string =>
    text.replace(/\d+|\b[A-Z][a-z]{3,}\b/g, found => {
      if (found[0]! <= '9') return Array.from(found, () => next(10)).join('')
      return next(2) === 0 ? found : names[next(names.length)]!
    })
  const lines: Buffer[] = []
  for (let written = 0; written < bytes; written += lines.at(-1)!.length) {
    const messages: { role: string; content: string }[] = []
    if (next(3) === 0) messages.push({ role: 'system', content: edit(pairs[next(pairs.length)]![0]) })
    for (let left = next(3) === 0 ? 1 : 1 + next(8); left > 0; left--) {
      const [question, answer] = pairs[next(pairs.length)]!
      messages.push({ role: 'user', content: edit(question) }, { role: 'assistant', content: edit(answer) })
    }
    lines.push(Buffer.from(`${JSON.stringify({ messages })}\n`))
  }
  return Buffer.concat(lines)
}

function readPairs(): Pair[] {
  const pairs: Pair[] = []
  for (const name of readdirSync(DATA).sort()) {
    if (!/\.jsonl?$/.test(name)) continue
    const text = readFileSync(join(DATA, name), 'utf8')
    const rows: unknown = name.endsWith('l')
      ? text
          .trim()
          .split('\n')
          .map(line => JSON.parse(line) as unknown)
      : JSON.parse(text)
    for (const row of Array.isArray(rows) ? rows : [rows]) pairs.push(...toPairs(row as Row))
  }
  return pairs.filter(([question, answer]) => question !== '' && answer !== '')
}

interface Row {
  readonly instruction?: string
  readonly input?: string
  readonly output?: string
  readonly text?: string
  readonly conversations?: readonly { readonly value: string }[]
  readonly messages?: readonly { readonly content: string | readonly { readonly value: string }[] }[]
}

function toPairs(row: Row): Pair[] {
  if (row.instruction !== undefined)
    return [[`${row.instruction}\n${row.input ?? ''}`.trim(), row.output ?? '']]
  if (row.text !== undefined) return [[row.text.slice(0, 200), row.text.slice(200)]]
  const texts =
    row.conversations?.map(({ value }) => value) ??
    row.messages?.map(({ content }) =>
      typeof content === 'string' ? content : content.map(({ value }) => value).join('\n'),
    ) ??
    []
  return Array.from({ length: Math.floor(texts.length / 2) }, (_, p) => [texts[2 * p]!, texts[2 * p + 1]!])
}
