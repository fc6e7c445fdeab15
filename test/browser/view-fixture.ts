import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { makeTokenizerJson } from '../mask/tokenizer.ts'

export const TEMPLATE: string =
  "{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
/** Writes the same messages otherwise, and a system prompt before them. */
export const BARE: string =
  '[system]Be brief.{% for m in messages %}[{{ m.role }}]{{ m.content }}<|im_end|>{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}'
export const HOSTILE: string =
  '<img src=x onerror="document.title=1"><script>document.title=1</script></script>'

export const chat = (...contents: readonly string[]): object => ({
  messages: contents.map((content, m) => ({ role: m % 2 === 0 ? 'user' : 'assistant', content })),
})
export const ROWS: readonly object[] = [
  chat('What colour is snow?', 'White.\n\tAnd  cold.'),
  chat('And grass?', 'Green.', 'Why?', 'It wants light.'),
  chat(HOSTILE, HOSTILE),
  { messages: [{ role: 'asistant', content: 'x' }] },
]

export interface GivenFile {
  readonly name: string
  readonly mimeType: string
  readonly buffer: Buffer
}

export function toFile(name: string, text: string | Uint8Array): GivenFile {
  return { name, mimeType: 'text/plain', buffer: Buffer.from(text as string) }
}

/** A copy of a folder that lacks a file. */
export function folderWithout(from: string, copy: string, name: string): string {
  cpSync(from, copy, { recursive: true })
  rmSync(join(copy, name))
  return copy
}

/** The text of what is drawn as trained. */
export async function trainedText(page: Page): Promise<string> {
  return (await page.locator('.turn .y').allTextContents()).join('')
}

export function writeModel(into: string, template: string = TEMPLATE): void {
  mkdirSync(into)
  const write = (name: string, value: unknown): void => writeFileSync(join(into, name), JSON.stringify(value))
  write('tokenizer.json', makeTokenizerJson(TEMPLATE))
  write('tokenizer_config.json', { chat_template: template, eos_token: '<|im_end|>' })
}
