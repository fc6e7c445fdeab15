// Builds the pages of src/browser into dist/browser: a folder each that any static server can serve.
//   npm run build:pages
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'

const require = createRequire(import.meta.url)
const runtime = dirname(require.resolve('onnxruntime-web/webgpu'))

for (const page of ['train']) {
  const source = `src/browser/${page}`
  const out = `dist/browser/${page}`
  mkdirSync(out, { recursive: true })
  await build({
    entryPoints: [`${source}/page.ts`, `${source}/worker.ts`],
    outdir: out,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    // Of modules that read files nothing is used, and so nothing is left of these; a test sees to it.
    external: ['node:*', 'onnxruntime-node', 'parquet-wasm', 'piscina', 'tinyglobby'],
    logLevel: 'warning',
  })
  copyFileSync(`${source}/index.html`, join(out, 'index.html'))
  for (const file of readdirSync(runtime).filter(name =>
    /^ort-wasm-simd-threaded\.asyncify\.(mjs|wasm)$/.test(name),
  ))
    copyFileSync(join(runtime, file), join(out, file))
  const { STYLE } = await import('../dist/src/page/index.js')
  const { CURVES_STYLE } = await import('../dist/src/train/logs/report/style.js')
  writeFileSync(join(out, 'page.css'), `${STYLE}${CURVES_STYLE}${readFileSync(`${source}/page.css`, 'utf8')}`)
}
