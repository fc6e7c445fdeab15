// What would take hours, or more memory than there is, is refused in a line.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { maskExample } from '../../src/mask/index.ts'
import { ChatTemplate } from '../../src/template/index.ts'
import { makeTokenizer } from './tokenizer.ts'

const REASONING =
  "{%- for m in messages -%}{{- '<|im_start|>' + m.role + '\\n' -}}{%- if m.reasoning_content and loop.last -%}{{- '<think>' + m.reasoning_content + '</think>' -}}{%- endif -%}{{- m.content + '<|im_end|>\\n' -}}{%- endfor -%}{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\n' -}}{%- endif -%}"

test('a conversation of thousands of answers does not become as many examples', async () => {
  const tokenizer = await makeTokenizer(REASONING)
  const context = {
    tokenizer,
    templates: [ChatTemplate.compile(REASONING)],
    specialTokens: {},
    stopIds: new Set([tokenizer.tokenToId('<|im_end|>')!]),
  }
  const toConversation = (turns: number) => ({
    kind: 'conversation' as const,
    messages: Array.from({ length: turns }, (_, m) =>
      m % 2 === 0
        ? { role: 'user', content: 'Is 91 prime?' }
        : { role: 'assistant', content: 'No.', reasoning_content: '7 times 13 is 91.' },
    ),
    training: Array.from({ length: turns }, () => undefined),
  })
  assert.equal(maskExample(toConversation(20), context).length, 10)
  assert.throws(() => maskExample(toConversation(3000), context), {
    code: 'mask/unroll',
    message:
      /^the template rewrites history, and the conversation would become 1,500 examples of about \d+ GB together$/,
  })
  assert.equal(maskExample(toConversation(3000), context, { unroll: 'never' }).length, 1)
})

test('a prompt whose rendering hits a limit is the row’s error, and not a template that refuses a prompt', async () => {
  // Asked for a prompt it goes on and on; a whole conversation is rendered in no time.
  const endless = REASONING.replace(
    '{%- if add_generation_prompt -%}',
    '{%- if add_generation_prompt -%}{%- for a in range(100000) -%}{{- a -}}{%- endfor -%}',
  )
  const tokenizer = await makeTokenizer(endless)
  const context = {
    tokenizer,
    templates: [ChatTemplate.compile(endless)],
    specialTokens: {},
    stopIds: new Set([tokenizer.tokenToId('<|im_end|>')!]),
    limits: { maxSteps: 10_000 },
  }
  const conversation = {
    kind: 'conversation' as const,
    messages: [
      { role: 'user', content: 'Is 91 prime?' },
      { role: 'assistant', content: 'No.' },
    ],
    training: [undefined, undefined],
  }
  assert.throws(() => maskExample(conversation, context), { code: 'template/limit' })
  // A strategy that asks for no prompt has none that could hit it.
  assert.equal(maskExample(conversation, context, { strategy: 'all' }).length, 1)
})
