// What a user of the package gets: names, dependencies, files, and modules that run without Node.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { listExportedNames, readExportedNames } from './package/exported-names.ts'
import { ENTRY_POINTS, PACKAGE, ROOT } from './package/package-root.ts'

describe('names', () => {
  test('exports exactly the names in test/golden/exports.txt', () => {
    const expected = readFileSync(join(ROOT, 'test/golden/exports.txt'), 'utf8')
    assert.equal(
      listExportedNames(),
      expected,
      'node dist/test/package/make-exports.js writes the names of now',
    )
  })

  for (const { name, module, types } of ENTRY_POINTS) {
    test(`${name} has at run time what its declarations say`, async () => {
      const exported: object = await import(pathToFileURL(join(ROOT, module)).href)
      assert.deepEqual(Object.keys(exported).sort(), readExportedNames(join(ROOT, types)).values)
    })
  }
})

describe('dependencies', () => {
  test('needs few packages to run, one more only to train, and one only for tokenizers that are not BPE', () => {
    assert.deepEqual(Object.keys(PACKAGE.dependencies), [
      '@bokuweb/zstd-wasm',
      '@hono/node-server',
      '@uwdata/flechette',
      'commander',
      'fzstd',
      'hono',
      'parquet-wasm',
      'pbf',
      'piscina',
      'string-width',
      'tinyglobby',
      'yaml',
    ])
    assert.deepEqual(Object.keys(PACKAGE.peerDependencies), ['onnxruntime-node', 'tokenizers'])
    assert.deepEqual(PACKAGE.peerDependenciesMeta, {
      'onnxruntime-node': { optional: true },
      tokenizers: { optional: true },
    })
  })

  test('pins what it depends on, types of Node apart', () => {
    const { '@types/node': _, ...pinned } = { ...PACKAGE.dependencies, ...PACKAGE.devDependencies }
    for (const [name, version] of Object.entries(pinned)) assert.match(version, /^\d+\.\d+\.\d+$/, name)
  })

  test('says in ARCHITECTURE.md why it has each', () => {
    const architecture = readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8')
    const names = [PACKAGE.dependencies, PACKAGE.peerDependencies, PACKAGE.devDependencies].flatMap(
      Object.keys,
    )
    for (const name of names) assert.ok(architecture.includes(`\`${name}\``), name)
  })
})

interface Packed {
  readonly filename: string
  readonly size: number
  readonly unpackedSize: number
  readonly files: readonly { readonly path: string }[]
}

describe('the packed package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lossline-package-'))
  const installed = join(folder, 'node_modules/lossline')
  let packed: Packed
  before(() => {
    const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]
    ;[packed] = JSON.parse(
      execFileSync('npm', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    ) as [Packed]
    mkdirSync(installed, { recursive: true })
    execFileSync('tar', ['-xzf', join(folder, packed.filename), '-C', installed, '--strip-components=1'])
    for (const name of Object.keys(PACKAGE.dependencies)) {
      const link = join(folder, 'node_modules', name)
      mkdirSync(dirname(link), { recursive: true })
      symlinkSync(join(ROOT, 'node_modules', name), link)
    }
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  test('holds modules, their declarations, the demo and the papers, and no tests', () => {
    const other = packed.files
      .map(({ path }) => path)
      .filter(path => !/^dist\/src\/.+\.(js|d\.ts)$/.test(path) || path.includes('.test.'))
    assert.deepEqual(other.sort(), [
      'LICENSE',
      'NOTICE',
      'README.md',
      'assets/demo/chat_template.jinja',
      'assets/demo/conversation.json',
      'assets/mistral-7b-v0.1/tokenizer.json.gz',
      'assets/mistral-7b-v0.1/tokenizer_config.json',
      'bin/lossline.js',
      'dist/browser/view/index.html',
      'package.json',
    ])
  })

  test('holds every file that package.json names', () => {
    const paths = new Set(packed.files.map(({ path }) => `./${path}`))
    const named = ENTRY_POINTS.flatMap(({ module, types }) => [module, types])
    for (const path of [...named, ...Object.values(PACKAGE.bin).map(bin => `./${bin}`)])
      assert.ok(paths.has(path), path)
  })

  test('holds all declarations that those of the entry points name', () => {
    const seen = new Set<string>()
    const read = (path: string): void => {
      if (seen.has(path)) return
      seen.add(path)
      const text = readFileSync(path, 'utf8')
      for (const [, name] of text.matchAll(/(?:from |import\()'(\.[^']+)'/g))
        read(join(dirname(path), name!.replace(/\.(ts|js)$/, '.d.ts')))
    }
    for (const { types } of ENTRY_POINTS) read(join(installed, types))
    assert.ok(seen.size > 100)
  })

  test('is small: under 1.5 MB to download, under 4 MB on disk', () => {
    assert.ok(packed.size < 1.5e6, `${packed.size} bytes`)
    assert.ok(packed.unpackedSize < 4e6, `${packed.unpackedSize} bytes`)
  })

  test('runs on its own, outside of the checkout', () => {
    const program = join(installed, PACKAGE.bin['lossline']!)
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'demo'], {
      cwd: folder,
      encoding: 'utf8',
    })
    assert.equal(stderr, '')
    assert.match(stdout, /3 of 3 answers/)
    assert.equal(status, 0)
  })
})

test('a checkout that is not built says what to run', () => {
  const checkout = mkdtempSync(join(tmpdir(), 'lossline-unbuilt-'))
  after(() => rmSync(checkout, { recursive: true, force: true }))
  const bin = PACKAGE.bin['lossline']!
  for (const path of ['package.json', bin]) cpSync(join(ROOT, path), join(checkout, path))
  const { status, stderr } = spawnSync(process.execPath, [join(checkout, bin)], { encoding: 'utf8' })
  assert.equal(stderr, 'lossline: this checkout is not built yet. Run: npm ci && npm run build\n')
  assert.equal(status, 2)
})

/** kB of each entry point as one minified module: what a page pays, before and after gzip. Raise a limit knowingly. */
const PAGE_LIMITS: Readonly<Record<string, readonly [kilobytes: number, gzipped: number]>> = {
  lossline: [420, 150],
  'lossline/conversation': [27, 10],
  'lossline/template': [236, 81],
  'lossline/tokenizer': [120, 45],
  'lossline/mask': [50, 18],
  'lossline/collate': [12, 5],
  'lossline/pack': [8, 4],
  'lossline/inspect': [30, 11],
}

/** Doors to files and threads. */
const NODE_ALONE: readonly string[] = ['lossline/node', 'lossline/prepare', 'lossline/train']

describe('in a browser', () => {
  for (const { name, module } of ENTRY_POINTS.filter(({ name }) => !NODE_ALONE.includes(name))) {
    test(`${name} is bundled without Node’s modules, and small`, async () => {
      const { metafile, outputFiles } = await build({
        entryPoints: [join(ROOT, module)],
        bundle: true,
        platform: 'browser',
        format: 'esm',
        minify: true,
        write: false,
        metafile: true,
        logLevel: 'silent',
      })
      assert.deepEqual(
        Object.values(metafile.outputs).flatMap(({ imports }) => imports),
        [],
      )
      const { contents: bytes, text } = outputFiles[0]!
      assert.doesNotMatch(text, /\beval\(/, 'a content security policy forbids it')
      // Templates do become code, in one place; where that is forbidden they go on without.
      assert.ok((text.match(/\bnew Function\b/g) ?? []).length <= 1, 'code is made in one place')
      const [limit, gzipped] = PAGE_LIMITS[name] ?? assert.fail(`${name} has no limit`)
      assert.ok(bytes.length < limit * 1e3, `${bytes.length} bytes`)
      assert.ok(gzipSync(bytes).length < gzipped * 1e3, `${gzipSync(bytes).length} bytes gzipped`)
    })
  }
})
