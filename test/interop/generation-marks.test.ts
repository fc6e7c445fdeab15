/** The strategy `generation-marks` is transformers' `return_assistant_tokens_mask`, token for token, on every template that has marks. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Conversation, Message } from '../../src/conversation/index.ts'
import { maskExample } from '../../src/mask/index.ts'
import { ChatTemplate } from '../../src/template/index.ts'
import { makeConversation } from '../mask/conversations.ts'
import { makeTokenizer, makeTokenizerJson } from '../mask/tokenizer.ts'
import { findPython, findShared, runPython, whyNoPython } from './python.ts'

const specialTokens = { bos_token: '<s>', eos_token: '</s>', pad_token: '<pad>', unk_token: '<unk>' }
// Without reasoning: transformers copies `reasoning_content` to `thinking` before it renders, Lossline gives messages as they stand.
const PLAIN = Array.from({ length: 20 }, (_, seed) => withoutReasoning(makeConversation(seed + 1)))
/** Some templates of vision models read contents that are lists of parts alone. */
const CONVERSATIONS = [...PLAIN, ...PLAIN.filter(({ tools }) => tools === undefined).map(withParts)]

function withoutReasoning(conversation: Conversation): Conversation {
  const messages = conversation.messages.map(({ reasoning_content: _, ...message }) => message as Message)
  return { ...conversation, messages }
}

function withParts(conversation: Conversation): Conversation {
  const messages = conversation.messages.map(({ role, content }) => ({
    role,
    content: [{ type: 'text', text: content! }],
  }))
  return { ...conversation, messages }
}

type TransformersMask =
  | { readonly text: string; readonly ids: readonly number[]; readonly mask: readonly number[] }
  | { readonly error: string }

const python = findPython('interop')
const folder = findShared('templates')
if (python === undefined || folder === undefined) {
  test('equals transformers’ assistant mask', t =>
    t.skip(python === undefined ? whyNoPython('interop') : '../shared/templates is not here'))
} else {
  const names = readdirSync(folder).filter(name => name.endsWith('.jinja'))
  for (const name of names) {
    const source = readFileSync(join(folder, name), 'utf8')
    if (!/\{%-?\s*generation/.test(source)) continue
    test(`equals transformers’ assistant mask, token for token: ${name}`, async () => {
      assert.ok((await compareAll(source, python)) > 0, 'every conversation was refused')
    })
  }
}

/** @returns how many conversations were compared */
async function compareAll(source: string, python: string): Promise<number> {
  const tokenizer = await makeTokenizer(source)
  const template = ChatTemplate.compile(source)
  const requests = CONVERSATIONS.map(({ messages, tools }) => ({
    tokenizer: JSON.stringify(makeTokenizerJson(source)),
    template: source,
    messages,
    tools: tools ?? null,
  }))
  const answers = runPython(python, 'test/interop/transformers_masks.py', requests) as TransformersMask[]
  let compared = 0
  for (const [c, answer] of answers.entries()) {
    if ('error' in answer) continue
    const context = { tokenizer, templates: [template], specialTokens, stopIds: new Set<number>() }
    const [masked] = maskExample(CONVERSATIONS[c]!, context, { strategy: 'generation-marks' })
    assert.equal(masked!.rendered.text, answer.text)
    assert.deepEqual([...masked!.encoded.ids], answer.ids)
    assert.deepEqual(
      Array.from(masked!.weights, weight => (weight === 0 ? 0 : 1)),
      answer.mask,
    )
    compared++
  }
  return compared
}
