import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Tokenizer } from '../../src/tokenizer/index.ts'
import { findPython, runPython, whyNoPython } from '../interop/python.ts'

const token = (content: string, more: object = {}) => ({
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
  ...more,
})

const TOKENIZER = {
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: [
    { id: 3, ...token('<s>') },
    { id: 4, ...token('<|user|>', { special: false, normalized: true }) },
  ],
  normalizer: null,
  pre_tokenizer: null,
  post_processor: {
    type: 'TemplateProcessing',
    single: [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
    pair: [{ Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 0 } }],
    special_tokens: { '<s>': { id: '<s>', ids: [3], tokens: ['<s>'] } },
  },
  decoder: null,
  model: {
    type: 'BPE',
    dropout: null,
    unk_token: '<unk>',
    fuse_unk: false,
    byte_fallback: false,
    vocab: { '<unk>': 0, a: 1, b: 2 },
    merges: [],
  },
}

/** tokenizer_config.json files beside the same tokenizer.json. */
const CONFIGS: readonly Record<string, unknown>[] = [
  {},
  { bos_token: '<s>', eos_token: '</s>', pad_token: '<pad>' },
  { add_bos_token: false, add_eos_token: true, bos_token: '<s>', eos_token: '</s>' },
  { added_tokens_decoder: { '4': token('<|user|>', { lstrip: true }), '9': token('<x>'), '10': token('b') } },
  { added_tokens_decoder: { '3': token('<s>', { special: false }) }, bos_token: '<s>', unk_token: '<unk>' },
  {
    extra_special_tokens: ['<e1>', '<s>'],
    eos_token: token('</s>', { __type: 'AddedToken', normalized: true }),
  },
  { additional_special_tokens: ['<e2>'], image_token: '<image>' },
  { extra_special_tokens: { audio_token: '<audio>' }, eos_token: null },
]
const TEXTS = ['ab<s>a', 'a <|user|> b</s>', '<x><pad><e1><e2><image><audio>b', '<unk>']

test('adds the tokens that transformers adds by tokenizer_config.json', async t => {
  const python = findPython('interop')
  if (python === undefined) return t.skip(whyNoPython('interop'))
  const root = mkdtempSync(join(tmpdir(), 'lossline-config-'))
  t.after(() => rmSync(root, { recursive: true }))
  const cases = CONFIGS.map((config, i) => {
    const folder = join(root, String(i))
    mkdirSync(folder)
    writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(TOKENIZER))
    const named = { tokenizer_class: 'PreTrainedTokenizerFast', ...config }
    writeFileSync(join(folder, 'tokenizer_config.json'), JSON.stringify(named))
    return { folder, texts: TEXTS }
  })
  const answers = runPython(python, 'test/tokenizer/transformers_tokens.py', cases) as {
    readonly added: Record<string, readonly [id: number, special: boolean]>
    readonly ids: readonly number[][]
  }[]
  for (const [i, { folder }] of cases.entries()) {
    const tokenizer = await Tokenizer.fromFolder(folder)
    const where = JSON.stringify(CONFIGS[i])
    for (const [content, [id, special]] of Object.entries(answers[i]!.added))
      assert.deepEqual(
        [tokenizer.tokenToId(content), tokenizer.isSpecial(id)],
        [id, special],
        `${content}: ${where}`,
      )
    for (const [j, text] of TEXTS.entries())
      assert.deepEqual([...tokenizer.encode(text).ids], answers[i]!.ids[j], `${text}: ${where}`)
  }
})

test('reads added_tokens_decoder as an object and as a Map', async () => {
  const tokens = { '9': token('<x>') }
  for (const added_tokens_decoder of [tokens, new Map(Object.entries(tokens))]) {
    const tokenizer = await Tokenizer.fromJSON(TOKENIZER, { config: { added_tokens_decoder } })
    assert.equal(tokenizer.tokenToId('<x>'), 5)
  }
})
