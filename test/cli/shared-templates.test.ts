import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { runCommandLine } from '../../src/cli/program.ts'
import { makeFolder, writeRows } from './run-cli.ts'

const TEMPLATES = fileURLToPath(new URL('../../../../shared/templates/', import.meta.url))

interface Expected {
  readonly template: string
  readonly conversation: string
  readonly text?: string
}

interface Sample {
  readonly id: string
  readonly messages: readonly unknown[]
  readonly variables: Readonly<Record<string, unknown>>
}

/** Runs a command in this process: starting one for each template would take most of the time. */
async function render(...args: readonly string[]): Promise<{ row: number; text?: string; error?: string }[]> {
  let stdout = ''
  const write = async (output: string | Uint8Array): Promise<void> => {
    stdout += output
  }
  const io = {
    write,
    tell: () => {},
    tellPart: () => {},
    isErrorTerminal: false,
    width: 80,
    colors: 0,
    isTerminal: false,
    isDebug: false,
  } as const
  await runCommandLine(['render', ...args, '--json'], io)
  return stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
}

test('render gives Jinja2’s text for every template and conversation of ../shared, and an error where it raises', async t => {
  if (!existsSync(TEMPLATES)) return t.skip('../shared is not here')
  const samples = JSON.parse(readFileSync(`${TEMPLATES}conversations.json`, 'utf8')) as Sample[]
  const rows = samples.map(({ messages, variables }) => ({ messages, chat_template_kwargs: variables }))
  const file = writeRows(makeFolder(), 'conversations.jsonl', rows)
  const expected = gunzipSync(readFileSync(`${TEMPLATES}expected.jsonl.gz`))
    .toString()
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as Expected)
  for (const template of new Set(expected.map(row => row.template))) {
    const rendered = await render(
      file,
      '--chat-template',
      TEMPLATES + template,
      '--now',
      '2026-01-15T09:30:00',
    )
    for (const { conversation, text } of expected.filter(row => row.template === template)) {
      const got = rendered.find(({ row }) => samples[row]?.id === conversation)
      assert.equal(got?.text, text, `${template}, ${conversation}: ${got?.error}`)
      assert.equal(got?.error === undefined, text !== undefined)
    }
  }
})
