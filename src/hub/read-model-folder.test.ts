import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { findPython, whyNoPython } from '../../test/interop/python.ts'
import { describeError, LosslineError } from '../error.ts'
import { readModelFolder, readTokenizerJson } from './index.ts'

const PYTHON = findPython('interop') ?? 'python3'
const SHARED = fileURLToPath(new URL('../../../../shared/', import.meta.url))
const WORK = mkdtempSync(join(tmpdir(), 'lossline-model-'))
after(() => rmSync(WORK, { recursive: true, force: true }))

const TOKENIZER = {
  version: '1.0',
  added_tokens: ['<s>', '</s>', '<pad>', '<image>'].map((content, id) => ({
    ...{ id, content, single_word: false, lstrip: false },
    ...{ rstrip: false, normalized: false, special: true },
  })),
  normalizer: null,
  pre_tokenizer: null,
  post_processor: null,
  decoder: null,
  model: { type: 'WordLevel', vocab: { '<s>': 0, '</s>': 1, '<pad>': 2, '<image>': 3 }, unk_token: '<s>' },
}

type Files = Readonly<Record<string, unknown>>

let folders = 0

function makeFolder(files: Files): string {
  const folder = join(WORK, `m${folders++}`)
  mkdirSync(folder)
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    const bytes = typeof content === 'string' || content instanceof Buffer ? content : JSON.stringify(content)
    writeFileSync(join(folder, name), bytes)
  }
  return folder
}

function failure(path: string): string {
  try {
    readTokenizerJson(readModelFolder(path))
  } catch (error) {
    assert(error instanceof LosslineError, String(error))
    return describeError(error).replaceAll(WORK, '')
  }
  throw new Error('no error')
}

/** All ways to pick one from each list. */
function combine(lists: readonly (readonly Files[])[]): Files[] {
  return lists.reduce<Files[]>(
    (made, list) => made.flatMap(before => list.map(item => ({ ...before, ...item }))),
    [{}],
  )
}

const object = (content: string): object => ({
  ...{ __type: 'AddedToken', content, lstrip: false },
  ...{ rstrip: false, normalized: false, single_word: false, special: true },
})
const bare = (content: string): object => ({ content, lstrip: false, rstrip: false, normalized: false })

const CONFIGS = combine([
  [{}, { bos_token: '<s>' }, { bos_token: object('<s>'), pad_token: null }],
  [{}, { eos_token: '</s>', image_token: '<image>', audio_token: object('<pad>') }],
  [{}, { extra_special_tokens: { boi_token: '<image>' } }, { additional_special_tokens: ['<image>'] }],
  [{}, { added_tokens_decoder: { 0: bare('<s>') } }],
  [
    {},
    { chat_template: 'the field' },
    {
      chat_template: [
        { name: 'default', template: 'listed' },
        { name: 'rag', template: 'with documents' },
      ],
    },
  ],
])
const FILES = combine([
  [{}, { 'chat_template.jinja': 'the file\r\nof two lines\n' }],
  [{}, { 'additional_chat_templates/tool_use.jinja': 'with tools' }],
  [
    {},
    {
      'special_tokens_map.json': {
        bos_token: bare('<pad>'),
        eos_token: '<image>',
        sep_token: '<s>',
        x_token: '</s>',
      },
    },
  ],
])

const SCRIPT = `
import json, sys
from transformers import AutoTokenizer
for line in sys.stdin:
    tokenizer = AutoTokenizer.from_pretrained(line.strip())
    template = tokenizer.chat_template
    named = template if isinstance(template, dict) else {} if template is None else {"default": template}
    print(json.dumps({"specialTokens": tokenizer.special_tokens_map, "templates": named}))
`

test('finds the special tokens and templates that transformers 5 finds', t => {
  if (spawnSync(PYTHON, ['-c', 'import transformers']).status !== 0) {
    return t.skip(whyNoPython('interop'))
  }
  const made = CONFIGS.flatMap(config =>
    FILES.map(files => {
      const tokenizerConfig = { tokenizer_class: 'PreTrainedTokenizerFast', ...config }
      return makeFolder({ 'tokenizer.json': TOKENIZER, 'tokenizer_config.json': tokenizerConfig, ...files })
    }),
  )
  const { stdout, stderr, status } = spawnSync(PYTHON, ['-c', SCRIPT], {
    input: made.join('\n'),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  assert.equal(status, 0, stderr)
  const answers = stdout.trimEnd().split('\n')
  assert.equal(answers.length, made.length)
  for (const [i, folder] of made.entries()) {
    const { specialTokens, templates } = readModelFolder(folder)
    const named = Object.fromEntries(templates.map(({ name, source }) => [name, source]))
    assert.deepEqual({ specialTokens, templates: named }, JSON.parse(answers[i]!), folder)
  }
})

test('takes stop ids from generation_config.json and config.json, of a nested text model too', () => {
  const model = readModelFolder(
    makeFolder({
      'tokenizer.json': TOKENIZER,
      'generation_config.json': { eos_token_id: [1, 2] },
      'config.json': { text_config: { eos_token_id: 3 } },
    }),
  )
  assert.deepEqual([model.generationStopIds, model.configStopIds], [[1, 2], [3]])
})

test('reads the files beside a tokenizer.json of any name, gzip or not', () => {
  const folder = makeFolder({
    'mine.json.gz': gzipSync(JSON.stringify(TOKENIZER)),
    'tokenizer_config.json.gz': gzipSync('\ufeff{"eos_token": "</s>"}'),
  })
  const model = readModelFolder(join(folder, 'mine.json.gz'))
  assert.deepEqual(JSON.parse(readTokenizerJson(model)), TOKENIZER)
  assert.deepEqual(model.specialTokens, { eos_token: '</s>' })
})

test('says in one line what is wrong with a folder', () => {
  const tokenizer = { 'tokenizer.json': TOKENIZER }
  const lines: readonly (readonly [string, string])[] = [
    [
      '/nowhere',
      '/nowhere does not exist. Name a model folder, a tokenizer.json, or a model of the Hub (org/name).',
    ],
    [
      makeFolder({}),
      '/N is empty; expected a tokenizer.json or tokenizer.json.gz. Name the folder that holds tokenizer.json.',
    ],
    [
      makeFolder({ 'config.json': {}, 'tokenizer.model': 'x' }),
      '/N holds "config.json", "tokenizer.model"; expected a tokenizer.json or tokenizer.json.gz. Write one with AutoTokenizer.from_pretrained(FOLDER).save_pretrained(FOLDER) in Python.',
    ],
    [
      makeFolder({ ...tokenizer, 'tokenizer_config.json': '{"eos_token": "</' }),
      '/N/tokenizer_config.json character 17 expected the end of the string that starts at character 14, the text ends. The file is damaged: download it again.',
    ],
    [
      makeFolder({ ...tokenizer, 'config.json': '[1]' }),
      '/N/config.json holds no JSON object. Copy or download it again.',
    ],
    [
      makeFolder({ 'tokenizer.json.gz': gzipSync('{}').subarray(0, 15) }),
      '/N/tokenizer.json.gz is gzip that is cut or damaged. Copy or download it again.',
    ],
    [
      makeFolder({ 'tokenizer.json': Buffer.from([0x7b, 0xff]) }),
      '/N/tokenizer.json is not UTF-8. Copy or download it again.',
    ],
    [
      makeFolder({ ...tokenizer, 'tokenizer_config.json': { chat_template: [{ name: 'default' }] } }),
      '/N/tokenizer_config.json has a chat_template that is no template. Write the template as a string, or as a list of {"name", "template"}.',
    ],
  ]
  for (const [path, line] of lines) assert.equal(failure(path).replace(/^\/m\d+/, '/N'), line)
})

test('reads every tokenizer of ../shared', t => {
  const folder = join(SHARED, 'tokenizers')
  if (!existsSync(folder)) return t.skip('../shared is not here')
  const models = readdirSync(folder, { withFileTypes: true }).filter(entry => entry.isDirectory())
  for (const { name } of models) {
    const model = readModelFolder(join(folder, name))
    assert(readTokenizerJson(model).startsWith('{'), name)
    assert('eos_token' in model.specialTokens || 'sep_token' in model.specialTokens, name)
  }
})
