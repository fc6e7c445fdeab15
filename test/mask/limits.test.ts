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
