// Builds the pages of src/browser into dist/browser, of what tsc has built: all of them, or those that are named.
//   npm run build:pages
//   node scripts/build-pages.mjs view
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { build, transform } from 'esbuild'

const PAGES = { view: buildView, train: buildTrain }

/** The same for all. */
const OPTIONS = {
  bundle: true,
  platform: 'browser',
  target: 'es2022',
  minify: true,
  // Of modules that read files nothing is used, and so nothing is left of these; a test sees to it.
  external: ['node:*', 'onnxruntime-node', 'parquet-wasm', 'piscina', 'tinyglobby'],
  logLevel: 'warning',
  tsconfig: 'tsconfig.browser.json',
  // By it Node's tokenizer finds its worker; a page has none.
  logOverride: { 'empty-import-meta': 'silent' },
}

/** The page's policy forbids making code: what makes code of templates is no part of it. */
const NO_CODE = {
  name: 'no-code',
  setup(build) {
    const isGenerator = /\/template\/compile\/generate\/index\.ts$/
    build.onLoad({ filter: isGenerator }, () => ({
      contents:
        'export const canMakeCode = () => false, generateBody = undefined, generateTemplate = undefined',
      loader: 'ts',
    }))
  },
}

/** Of the linter's rules the page has what they find, do and advise; what their own pages tell stays out of it. */
const SHORT_RULES = {
  name: 'short-rules',
  setup(build) {
    build.onLoad({ filter: /\/lint\/rules\/[\w-]+\.ts$/ }, ({ path }) => {
      if (path.endsWith('/index.ts')) return undefined
      const text = readFileSync(path, 'utf8')
      const [, constant] = /^export const (\w+)/m.exec(text)
      const [, kind] = /^ {2}kind: '(\w+)'/m.exec(text) ?? []
      // A page looks at rows, one by one.
      const isForPage = kind === 'mask' || kind === 'row' || kind === 'found'
      if (!isForPage && text.match(/^export /gm).length === 1)
        return { contents: `export const ${constant} = { kind: '${kind}' }`, loader: 'ts' }
      // As Biome formats them, a rule's fields stand two spaces in.
      const field = /^ {2}(?:trigger|wrong|right|needs):.*\n(?:(?: {4}.*| {2}[}\])].*)?\n)*/gm
      return { contents: text.replace(field, ''), loader: 'ts' }
    })
  },
}

const named = process.argv.slice(2)
for (const name of named.length === 0 ? Object.keys(PAGES) : named) {
  const out = `dist/browser/${name}`
  mkdirSync(out, { recursive: true })
  await PAGES[name](`src/browser/${name}`, out)
}

/** One file that opens from a disk: the worker's code stands in it as text. */
async function buildView(source, out) {
  const bundle = async (file, format) => {
    const { outputFiles } = await build({
      ...OPTIONS,
      entryPoints: [join(source, file)],
      plugins: [NO_CODE, SHORT_RULES],
      format,
      write: false,
    })
    return outputFiles[0].text
  }
  const { toPageHtml } = await import('../dist/src/view-server/index.js')
  const parts = {
    script: await bundle('page.tsx', 'esm'),
    worker: await bundle('worker.ts', 'iife'),
    style: await readStyle(source),
  }
  writeFileSync(join(out, 'index.html'), toPageHtml(parts))
}

/** A folder that any static server can serve. */
async function buildTrain(source, out) {
  await build({
    ...OPTIONS,
    entryPoints: [`${source}/page.ts`, `${source}/worker.ts`],
    outdir: out,
    format: 'esm',
  })
  copyFileSync(`${source}/index.html`, join(out, 'index.html'))
  const runtime = dirname(createRequire(import.meta.url).resolve('onnxruntime-web/webgpu'))
  for (const file of readdirSync(runtime).filter(name =>
    /^ort-wasm-simd-threaded\.asyncify\.(mjs|wasm)$/.test(name),
  ))
    copyFileSync(join(runtime, file), join(out, file))
  const { CURVES_STYLE } = await import('../dist/src/train/logs/report/style.js')
  writeFileSync(join(out, 'page.css'), await readStyle(source, CURVES_STYLE))
}

/** What all pages have, and the page's own. */
async function readStyle(source, more = '') {
  const { STYLE } = await import('../dist/src/page/index.js')
  const style = `${STYLE}${more}${readFileSync(`${source}/page.css`, 'utf8')}`
  return (await transform(style, { loader: 'css', minify: true })).code
}
