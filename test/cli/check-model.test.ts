import assert from 'node:assert/strict'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { CHATML, makeModelFolder } from './model-folder.ts'
import { type CliResult, makeFolder, runCli, writeRows } from './run-cli.ts'

let model: string
let folder: string
before(() => {
  model = makeModelFolder()
  folder = makeFolder()
  writeFileSync(join(folder, 'x.jinja'), CHATML)
  writeRows(folder, 'good.jsonl', [
    {
      messages: [
        { role: 'user', content: 'Grass?' },
        { role: 'assistant', content: 'Green.' },
      ],
    },
  ])
})

const check = (...args: string[]): Promise<CliResult> =>
  runCli(['check', ...args], { cwd: folder, env: { COLUMNS: '200' } })

/** A model folder with more files. */
function makeMore(files: Readonly<Record<string, unknown>>): string {
  const made = makeModelFolder()
  mkdirSync(join(made, 'additional_chat_templates'))
  for (const [name, value] of Object.entries(files))
    writeFileSync(join(made, name), typeof value === 'string' ? value : JSON.stringify(value))
  return made
}

describe('lossline check --model', () => {
  test('reports a model without rows, and exits with 0 where nothing is wrong', async () => {
    const { code, stdout, stderr } = await check('--model', model)
    assert.equal(stderr, '')
    assert.equal(code, 0)
    assert.match(stdout, /^ {2}prompt +<\|im_start\|>│assistant│⏎$/m)
    assert.match(stdout, /known to: ✓ the tokenizer’s eos_token/)
    assert.match(
      stdout,
      /1 chat template, nothing wrong found\.\nlossline check FILE --model … looks at rows\.\n$/,
    )
  })

  test('exits with 1 for errors, and says which files contradict one another', async () => {
    const bad = makeMore({
      'tokenizer_config.json': { eos_token: '</s>', chat_template: 'other' },
      'generation_config.json': { eos_token_id: 3 },
    })
    const { code, stdout } = await check('--model', bad)
    assert.equal(code, 1)
    assert.match(stdout, /^error stop-token-mismatch$/m)
    assert.match(stdout, /^warn templates-differ$/m)
    assert.match(stdout, /stops nothing: ✗ generation_config, ✗ the tokenizer’s eos_token/)
    assert.equal((await check('--model', bad, '--rule', 'stop-token-mismatch=warn')).code, 0)
  })

  test('reports each template of a folder', async () => {
    const named = makeMore({ 'additional_chat_templates/tool_use.jinja': CHATML })
    const { stdout } = await check('--model', named, '--json')
    const { templates } = JSON.parse(stdout) as { templates: { name: string; file: string }[] }
    assert.deepEqual(
      templates.map(({ name, file }) => [name, file]),
      [
        ['default', 'chat_template.jinja'],
        ['tool_use', 'additional_chat_templates/tool_use.jinja'],
      ],
    )
  })

  test('takes a template in a file of its own, with a tokenizer and without', async () => {
    const alone = await check('--model', 'x.jinja')
    assert.equal(alone.code, 0)
    assert.match(alone.stdout, /Without a tokenizer nothing is said of ids/)
    const both = await check('--model', 'x.jinja', '--tokenizer', model)
    assert.match(both.stdout, /known to: ✓ the tokenizer’s eos_token/)
    assert.doesNotMatch(both.stdout, /template-differs-from-model/)
  })

  test('takes a folder without a tokenizer, and one without a template', async () => {
    const weights = makeMore({ 'config.json': { eos_token_id: 2 } })
    rmSync(join(weights, 'tokenizer.json'))
    const untold = await check('--model', weights)
    assert.equal(untold.code, 0, untold.stderr)
    assert.match(untold.stdout, /^eos +no file +2 +–$/m)
    const other = await check('--model', weights, '--tokenizer', model)
    assert.match(other.stdout, /known to: ✗ config, ✓ the tokenizer’s eos_token/)
    const bare = await check('--model', makeModelFolder(false))
    assert.equal(bare.code, 0)
    assert.match(
      bare.stdout,
      /no chat template, so chats can’t be rendered; nothing wrong found\.\nWithout a chat template .* refused/s,
    )
  })

  test('gives the findings to code scanning, with the file that each is about', async () => {
    const bad = makeMore({ 'generation_config.json': { eos_token_id: 3 } })
    const sarif = JSON.parse((await check('--model', bad, '--format', 'sarif')).stdout) as {
      runs: {
        results: {
          ruleId: string
          locations: { physicalLocation: { artifactLocation: { uri: string } } }[]
        }[]
      }[]
    }
    const stop = sarif.runs[0]!.results.find(({ ruleId }) => ruleId === 'stop-not-in-generation-config')!
    assert.match(stop.locations[0]!.physicalLocation.artifactLocation.uri, /generation_config\.json$/)
    const github = (await check('--model', bad, '--format', 'github')).stdout
    assert.match(
      github,
      /^::warning file=[^,]+generation_config\.json,title=stop-not-in-generation-config::/m,
    )
  })

  test('beside a file it is where the tokenizer and the template are', async () => {
    const rows = await check('good.jsonl', '--model', model)
    assert.equal(rows.code, 0, rows.stderr)
    assert.match(rows.stdout, /good\.jsonl: 1 row checked, nothing wrong found\./)
    const own = await check('good.jsonl', '--model', 'x.jinja', '--tokenizer', model)
    assert.equal(own.code, 0, own.stderr)
  })

  test('says in one line what it can’t make sense of', async () => {
    const lines = await Promise.all(
      [
        [],
        ['--model', model, '--max-length', '10'],
        ['--model', model, '--overwrite'],
        ['--model', model, '--tokenizer', model],
        ['good.jsonl', '--model', model, '--tokenizer', model],
        ['--model', 'missing.jinja'],
        ['--model', 'nowhere'],
        ['--model', '.'],
      ].map(async args => {
        const { code, stderr } = await check(...args)
        assert.equal(stderr.trim().split('\n').length, 1, stderr)
        return [code, stderr.replaceAll(model, 'MODEL').trim()]
      }),
    )
    assert.deepEqual(lines, [
      [2, 'lossline: FILE is needed. Name a file of rows, a prepared folder, or a model with --model.'],
      [2, 'lossline: --max-length is about rows, and there is no FILE. Name a file, or leave it out.'],
      [2, 'lossline: --overwrite is about rows, and there is no FILE. Name a file, or leave it out.'],
      [2, 'lossline: --tokenizer says a second time what --model MODEL has. Leave out one of the two.'],
      [2, 'lossline: --tokenizer says a second time what --model MODEL has. Leave out one of the two.'],
      [1, 'lossline: missing.jinja does not exist. Check --model.'],
      [
        1,
        'lossline: nowhere does not exist. Name a model folder, a tokenizer.json, or a model of the Hub (org/name).',
      ],
      [2, 'lossline: . holds no tokenizer, no chat template and no config.json. Name the folder of a model.'],
    ])
  })
})
