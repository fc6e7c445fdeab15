import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { makeTokenizer } from '../../test/mask/tokenizer.ts'
import { ChatTemplate } from '../template/index.ts'
import { findMarkers } from './markers.ts'

const TEMPLATES = '../shared/templates'

/** As the documentation of the tools gives them for these templates. */
const EXPECTED: Readonly<Record<string, readonly [response: string, instruction: string]>> = {
  'chujiezheng--chatml.jinja': ['<|im_start|>assistant\n', '<|im_start|>user\n'],
  'llama-cpp--Qwen-Qwen3-0.6B.jinja': ['<|im_start|>assistant\n', '<|im_start|>user\n'],
  'trl--llama3.jinja': [
    '<|start_header_id|>assistant<|end_header_id|>\n\n',
    '<|start_header_id|>user<|end_header_id|>\n\n',
  ],
  'trl--gemma3.jinja': ['<start_of_turn>model\n', '<start_of_turn>user\n'],
  'chujiezheng--vicuna.jinja': ['ASSISTANT:', '\n        USER:'],
  'vllm--tool_chat_template_mistral.jinja': ['[/INST]', '[INST]'],
}

test('finds the markers that people give for well-known templates', async t => {
  if (!existsSync(TEMPLATES)) return t.skip('../shared is not here')
  const specialTokens = { bos_token: '<s>', eos_token: '</s>' }
  for (const [name, [response, instruction]] of Object.entries(EXPECTED)) {
    const source = readFileSync(`${TEMPLATES}/${name}`, 'utf8')
    const templates = [ChatTemplate.compile(source)]
    const tokenizer = await makeTokenizer(source)
    const found = findMarkers({ tokenizer, templates, specialTokens, stopIds: new Set() })
    assert.deepEqual(found, { response, instruction, refusal: undefined }, name)
  }
})

test('a template that writes nothing round its messages has no markers, and one that refuses says why', async () => {
  const tokenizer = await makeTokenizer('')
  for (const [source, code] of [
    ['{% for m in messages %}{{ m.content }}{% endfor %}', undefined],
    ["{{ raise_exception('no') }}", 'template/raise'],
    ['{% for m in range(10**9) %}{% endfor %}', 'template/limit'],
  ] as const) {
    const templates = [ChatTemplate.compile(source)]
    const { refusal, ...found } = findMarkers({ tokenizer, templates, specialTokens: {}, stopIds: new Set() })
    assert.deepEqual(found, { response: undefined, instruction: undefined })
    assert.equal(refusal?.code, code)
  }
})
