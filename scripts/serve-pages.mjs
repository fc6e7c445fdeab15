// Serves a page of dist/browser on this machine alone, and prints its address; Ctrl-C ends it.
//   npm run page:train
//   node scripts/serve-pages.mjs train [--port N] [--model FOLDER]     with --model the page begins with that model
import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { parseArgs } from 'node:util'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { port: { type: 'string', default: '8347' }, model: { type: 'string' } },
})
const root = join('dist/browser', positionals[0] ?? 'train')
if (!existsSync(root)) {
  console.error(`${root} does not exist: run npm run build:pages first`)
  process.exit(2)
}

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
}

/** What may be asked for, by path: the files of the page, and those of the model under model/. */
const files = new Map(readdirSync(root).map(name => [`/${name}`, join(root, name)]))
files.set('/', join(root, 'index.html'))
const modelFiles = values.model === undefined ? [] : readdirSync(values.model).filter(isFile)
for (const name of modelFiles) files.set(`/model/${name}`, join(values.model, name))

const server = createServer((request, response) => {
  // A page of another name that points to this address gets nothing.
  const isOurs = /^(127\.0\.0\.1|localhost):\d+$/.test(request.headers.host ?? '')
  const path = decodeURI(new URL(request.url ?? '/', 'http://localhost').pathname)
  response.setHeader('cross-origin-opener-policy', 'same-origin')
  response.setHeader('cross-origin-embedder-policy', 'require-corp')
  if (isOurs && path === '/model.json') {
    response.setHeader('content-type', TYPES['.json'])
    return response.end(JSON.stringify(modelFiles))
  }
  const file = isOurs ? files.get(path) : undefined
  if (file === undefined) {
    response.statusCode = 404
    return response.end()
  }
  response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream')
  createReadStream(file).pipe(response)
})
server.on('error', ({ message }) => {
  console.error(`the page can't be served: ${message}. Name another port with --port.`)
  process.exit(1)
})
server.listen(Number(values.port), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}/`)
})

function isFile(name) {
  return statSync(join(values.model, name)).isFile()
}
