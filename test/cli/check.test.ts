import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { makeModelFolder } from './model-folder.ts'
import { type CliResult, makeFolder, runCli, writeRows } from './run-cli.ts'

const user = { role: 'user', content: 'What is the colour of grass?' }
const GOOD = { messages: [user, { role: 'assistant', content: 'Green.' }] }
const THINKING = {
  messages: [user, { role: 'assistant', content: 'Green.', reasoning_content: 'Grass is.' }],
}
const STOPPING = { messages: [user, { role: 'assistant', content: 'Green.<|im_end|>\n50% more' }] }

let model: string
let folder: string
before(() => {
  model = makeModelFolder()
  folder = makeFolder()
  writeRows(folder, 'good.jsonl', [GOOD])
  writeRows(folder, 'bad.jsonl', [GOOD, THINKING, GOOD, STOPPING])
})

const check = (...args: string[]): Promise<CliResult> =>
  runCli(['check', ...args, '--tokenizer', model], { cwd: folder })

interface Json {
  readonly rows: number
  readonly findings: readonly {
    readonly rule: string
    readonly severity: string
    readonly rows: number
    readonly examples: readonly Record<string, unknown>[]
  }[]
  readonly not_run: readonly { readonly rule: string; readonly needs: readonly string[] }[]
}

const listRules = ({ stdout }: CliResult): string[] =>
  (JSON.parse(stdout) as Json).findings.map(({ severity, rule }) => `${severity} ${rule}`)

describe('lossline check', () => {
  test('exits with 0 for rows without errors, 1 for errors, 2 for a command that it does not understand', async () => {
    assert.equal((await check('good.jsonl')).code, 0)
    assert.equal((await check('bad.jsonl')).code, 1)
    const unknown = await check('good.jsonl', '--rule', 'field-ignord=off')
    assert.equal(unknown.code, 2)
    assert.match(unknown.stderr, /^lossline: --rule names the rule "field-ignord", which there is not\. /)
    assert.equal((await check('good.jsonl', '--format', 'xml')).code, 2)
    const missing = await check('none.jsonl')
    assert.equal(missing.code, 1)
    assert.match(missing.stderr, /none\.jsonl/)
  })

  test('--json gives one document, with the place of each example and the rules that were not run', async () => {
    const { stdout, stderr } = await check('bad.jsonl', '--json')
    assert.equal(stderr, '')
    const report = JSON.parse(stdout) as Json
    assert.deepEqual(Object.keys(report), ['rows', 'findings', 'not_run'])
    assert.equal(report.rows, 4)
    const ignored = report.findings.find(({ rule }) => rule === 'field-ignored')!
    assert.deepEqual(Object.keys(ignored), [
      'rule',
      'severity',
      'findings',
      'rows',
      'effect',
      'fix',
      'examples',
    ])
    const stop = report.findings.find(({ rule }) => rule === 'early-stop-in-answer')!
    const { text: _, ...example } = stop.examples[0]!
    assert.deepEqual(example, {
      where: 'bad.jsonl:4',
      message: 1,
      start_char: 87,
      end_char: 97,
      token: 19,
      excerpt: {
        before: '…m_end|>\n<|im_start|>assistant\nGreen.',
        marked: '<|im_end|>',
        after: '\n50% more<|im_end|>\n',
      },
    })
    assert.deepEqual(
      report.not_run.find(({ rule }) => rule === 'tokens-lost'),
      undefined,
    )
    const unlimited = JSON.parse((await check('bad.jsonl', '--json', '--max-length', 'none')).stdout) as Json
    assert.deepEqual(
      unlimited.not_run.find(({ rule }) => rule === 'tokens-lost'),
      { rule: 'tokens-lost', needs: ['max-length'] },
    )
  })

  test('cuts rows to 1024 tokens where no length is named, as prepare does, and says so', async () => {
    const long = { messages: [{ role: 'user', content: 'grass '.repeat(2000) }, GOOD.messages[1]] }
    writeRows(folder, 'long.jsonl', [long])
    const { code, stdout } = await check('long.jsonl')
    assert.equal(code, 1)
    assert.match(stdout, /^error nothing-trained-after-cut /m)
    assert.match(stdout, /^Rows are cut to 1,024 tokens, as prepare and train do without --max-length\.$/m)
    const unlimited = await check('long.jsonl', '--max-length', 'none')
    assert.equal(unlimited.code, 0, unlimited.stdout)
    assert.ok(!unlimited.stdout.includes('Rows are cut'))
  })

  test('counts in one line the rules that had nothing to look at; --level info lists them', async () => {
    const { stdout } = await check('good.jsonl')
    assert.equal(stdout.match(/^\d+ rules had nothing to look at here \(--level info tells/gm)?.length, 1)
    assert.ok(!stdout.includes('Not run'))
    const all = await check('good.jsonl', '--level', 'info')
    assert.match(all.stdout, /^Not run without rows in Arrow or Parquet: added-null-keys\.$/m)
  })

  test('does not take for a change that a prepared folder had a template which is not named now', async () => {
    const template = join(folder, 'other.jinja')
    writeFileSync(template, '{% for m in messages %}{{ m.role }}: {{ m.content }}<|im_end|>{% endfor %}')
    const flags = ['--tokenizer', model, '--chat-template', template, '-o', 'prep']
    const made = await runCli(['prepare', 'good.jsonl', ...flags, '--overwrite'], { cwd: folder })
    assert.equal(made.code, 0, made.stderr)
    const { code, stdout, stderr } = await check('prep')
    assert.equal(code, 0, stdout)
    assert.match(stderr, /the chat template was not compared: .* Name it with --chat-template\./)
    const same = await check('prep', '--chat-template', template)
    assert.deepEqual([same.code, same.stderr], [0, ''])
    writeFileSync(template, '{% for m in messages %}{{ m.content }}{% endfor %}')
    const changed = await check('prep', '--chat-template', template)
    assert.equal(changed.code, 1)
    assert.match(changed.stdout, /the chat template has changed/)
  })

  test('--format sarif gives what the schema of SARIF 2.1.0 asks for', async () => {
    const { stdout } = await check('bad.jsonl', '--format', 'sarif')
    const log = JSON.parse(stdout) as Sarif
    assert.equal(log.version, '2.1.0')
    assert.equal(log.runs.length, 1)
    const [{ tool, results }] = log.runs as [Sarif['runs'][number]]
    assert.equal(tool.driver.name, 'lossline')
    const ids = tool.driver.rules.map(({ id }) => id)
    assert.equal(new Set(ids).size, ids.length)
    for (const { shortDescription, fullDescription, help, defaultConfiguration } of tool.driver.rules) {
      for (const { text } of [shortDescription, fullDescription, help]) assert.notEqual(text, '')
      assert.match(defaultConfiguration.level, LEVELS)
    }
    assert.notEqual(results.length, 0)
    for (const { ruleId, level, message, locations } of results) {
      assert.ok(ids.includes(ruleId))
      assert.match(level, LEVELS)
      assert.notEqual(message.text, '')
      for (const { physicalLocation } of locations) {
        assert.doesNotThrow(() => new URL(physicalLocation.artifactLocation.uri, 'file:///repo/'))
        const { startLine = 1 } = physicalLocation.region ?? {}
        assert.ok(Number.isInteger(startLine) && startLine >= 1)
      }
    }
    const stop = results.find(({ ruleId }) => ruleId === 'early-stop-in-answer')!
    assert.deepEqual(stop.locations, [
      { physicalLocation: { artifactLocation: { uri: 'bad.jsonl' }, region: { startLine: 4 } } },
    ])
  })

  test('--format github gives a line for each example, in which no row can begin a command', async () => {
    const rows = [{ messages: [user, { role: 'as\n::error::100%', content: 'Green.' }] }]
    writeRows(folder, 'a,b.jsonl', rows)
    const { stdout } = await check('a,b.jsonl', '--format', 'github')
    const lines = stdout.trimEnd().split('\n')
    assert.match(
      lines[0]!,
      /^::error file=a%2Cb\.jsonl,line=1,title=unknown-role::messages\[1\]\.role is .*100%25/,
    )
    for (const line of lines)
      assert.match(line, /^::(?:error|warning|notice) file=[^:,]+(?:,line=\d+)?,title=[a-z-]+::/)
  })

  test('--max-findings shows so many findings, the worst first, and says how many rules are not shown', async () => {
    writeRows(folder, 'worse.jsonl', [THINKING, THINKING, STOPPING, STOPPING, STOPPING, STOPPING])
    const listShown = ({ stdout }: CliResult): string[] =>
      [...stdout.matchAll(/^ {4}worse\.jsonl:\d+|^(?:error|warn) [\w-]+/gm)].map(([text]) => text.trim())
    const isPlace = (text: string): boolean => text.startsWith('worse')
    const all = listShown(await check('worse.jsonl'))
    const places = all.filter(isPlace)
    assert.ok(places.length > 6, all.join())
    for (const max of [1, 3, 4, 6]) {
      const result = await check('worse.jsonl', '--max-findings', String(max))
      const shown = listShown(result)
      assert.deepEqual(shown, all.slice(0, shown.length))
      assert.equal(shown.filter(isPlace).length, max)
      const left = all.slice(shown.length).filter(text => !isPlace(text)).length
      assert.match(
        result.stdout,
        new RegExp(`^${left} more rules? ha(s|ve) findings \\(--max-findings\\)\\.$`, 'm'),
      )
    }
    const enough = await check('worse.jsonl', '--max-findings', String(places.length))
    assert.deepEqual(listShown(enough), all)
    assert.doesNotMatch(enough.stdout, /--max-findings/)
    assert.match(
      (await check('worse.jsonl', '--max-findings', '0')).stderr,
      /^lossline: --max-findings is "0"/,
    )
    const json = ['worse.jsonl', '--json']
    assert.equal((await check(...json, '--max-findings', '1')).stdout, (await check(...json)).stdout)
  })

  test('--rule turns a rule off, and makes its findings an error or none', async () => {
    assert.ok(listRules(await check('bad.jsonl', '--json')).includes('error field-ignored'))
    const off = await check('bad.jsonl', '--json', '--rule', 'field-ignored=off,early-stop-in-answer=info')
    assert.ok(!listRules(off).some(rule => rule.endsWith('field-ignored')))
    assert.ok(listRules(off).includes('info early-stop-in-answer'))
    const raised = await check('good.jsonl', '--rule', 'generation-marks-missing=error')
    assert.equal(raised.code, 1)
  })

  test('a config file is found in the folder or above it; flags win, and its mistakes have its name', async () => {
    const inner = join(folder, 'project/data')
    mkdirSync(inner, { recursive: true })
    writeRows(inner, 'bad.jsonl', [STOPPING])
    const config = join(folder, 'project/.losslinerc.yaml')
    writeFileSync(config, 'rules:\n  early-stop-in-answer: off\n  special-token-in-content: warn\n')
    const run = (...more: string[]): Promise<CliResult> =>
      runCli(['check', 'bad.jsonl', '--tokenizer', model, '--json', ...more], { cwd: inner })
    const found = await run()
    assert.ok(listRules(found).includes('warn special-token-in-content'), found.stdout)
    assert.equal(found.code, 0)
    const flagged = await run('--rule', 'early-stop-in-answer=error')
    assert.equal(flagged.code, 1)
    writeFileSync(config, '{"rules": {"early-stop-in-answer": "maybe"}}')
    const wrong = await run()
    assert.match(
      wrong.stderr,
      /\.losslinerc\.yaml sets early-stop-in-answer to "maybe"; expected off, info, warn or error/,
    )
    assert.notEqual(wrong.code, 0)
    const named = await run('--lint-config', join(folder, 'none.json'))
    assert.match(named.stderr, /none\.json can't be read/)
  })

  test('rows may come through a pipe', async () => {
    const stdin = readFileSync(join(folder, 'bad.jsonl'), 'utf8')
    const { stdout, code } = await runCli(['check', '-', '--tokenizer', model], { cwd: folder, stdin })
    assert.equal(code, 1)
    assert.match(stdout, /^stdin: 4 rows checked, \d errors\b/m)
  })

  test('counts many findings and keeps three, the same with any number of threads', async () => {
    writeRows(folder, 'many.jsonl', Array(3000).fill(THINKING))
    const [one, two] = await Promise.all(
      ['1', '2'].map(workers => check('many.jsonl', '--json', '--workers', workers)),
    )
    assert.equal(one!.stdout, two!.stdout)
    const ignored = (JSON.parse(one!.stdout) as Json).findings.find(({ rule }) => rule === 'field-ignored')!
    assert.equal(ignored.rows, 3000)
    assert.deepEqual(
      ignored.examples.map(({ where }) => where),
      ['many.jsonl:1', 'many.jsonl:2', 'many.jsonl:3'],
    )
  })
})

describe('lossline check of prepared rows', () => {
  test('finds nothing in what was just prepared, and what has changed since', async () => {
    writeRows(folder, 'source.jsonl', [GOOD, GOOD])
    const args = ['prepare', 'source.jsonl', '--tokenizer', model, '-o', 'prepared', '--packing', 'bfd']
    assert.equal((await runCli(args, { cwd: folder })).code, 0)
    const fresh = await check('prepared')
    assert.equal(fresh.code, 0, fresh.stdout)
    assert.match(fresh.stdout, /^prepared: 1 row checked, nothing wrong found\.$/m)
    const useless = await check('prepared', '--overwrite')
    assert.equal(useless.code, 2)
    assert.match(useless.stderr, /--overwrite has no effect without --fix/)
    writeRows(folder, 'source.jsonl', [GOOD, THINKING])
    const stale = await check('prepared', '--json')
    assert.equal(stale.code, 1)
    assert.deepEqual(listRules(stale), ['error cache-stale'])
    const { findings } = JSON.parse(stale.stdout) as Json
    assert.equal(findings[0]!.examples[0]!['text'], 'Since this was prepared, source.jsonl has changed.')
    const other = await runCli(
      ['check', 'prepared', '--tokenizer', makeModelFolder('{{ messages }}'), '--json'],
      {
        cwd: folder,
      },
    )
    assert.match(other.stdout, /the chat template has changed/)
  })

  test('finds rows whose columns don’t go together', async () => {
    const rows = [
      { input_ids: [5, 6, 7, 8], labels: [-100, 6, 7, 8], seq_lengths: [2, 2] },
      { input_ids: [5, 6, 7], labels: [-100, 6, 7], seq_lengths: [3] },
    ]
    writeRows(folder, 'data-00000.jsonl', rows)
    const { stdout } = await check('data-00000.jsonl', '--json')
    const [first] = (JSON.parse(stdout) as Json).findings
    assert.equal(first?.rule, 'segment-start-trained')
    assert.equal(first.rows, 1)
    assert.equal(first.examples[0]!['where'], 'data-00000.jsonl[0]')
  })
})

describe('lossline explain', () => {
  test('prints a rule with its examples, and the list of all', async () => {
    const { stdout, code } = await runCli(['explain', 'stop-token-mismatch'])
    assert.equal(code, 0)
    assert.match(stdout, /^# stop-token-mismatch\n.*\n## Wrong\n.*\n## Right\n/s)
    assert.match((await runCli(['explain'])).stdout, /^error {2}no-trained-token\n/)
    const near = await runCli(['explain', 'stop-token-mismach'])
    assert.equal(near.code, 2)
    assert.match(near.stderr, /Did you mean stop-token-mismatch\?/)
  })
})

const LEVELS = /^(?:none|note|warning|error)$/

interface Text {
  readonly text: string
}

interface Sarif {
  readonly version: string
  readonly runs: readonly {
    readonly tool: {
      readonly driver: {
        readonly name: string
        readonly rules: readonly {
          readonly id: string
          readonly shortDescription: Text
          readonly fullDescription: Text
          readonly help: Text
          readonly defaultConfiguration: { readonly level: string }
        }[]
      }
    }
    readonly results: readonly {
      readonly ruleId: string
      readonly level: string
      readonly message: Text
      readonly locations: readonly {
        readonly physicalLocation: {
          readonly artifactLocation: { readonly uri: string }
          readonly region?: { readonly startLine: number }
        }
      }[]
    }[]
  }[]
}
