import { timingSafeEqual } from 'node:crypto'
import { Hono } from 'hono'
import type { ModelFacts } from '../model-folder/index.ts'
import type { ServedFacts } from '../view/index.ts'

/** What is served, and nothing else is. */
export interface ServedView {
  /** In every path: who does not know it gets nothing. */
  readonly key: string
  readonly page: string
  readonly facts: ServedFacts
  /** In the order of their names. */
  readonly models: readonly ServedModel[]
  /** Lines of rows, read anew for each page that asks. */
  readonly rows: () => AsyncIterable<string>
}

export interface ServedModel {
  readonly facts: ModelFacts
  /** Its built tables; undefined where there are none to be had. */
  readonly tokenizerBin: () => Promise<Uint8Array | undefined>
  readonly tokenizerJson: () => string
}

/**
 * The server of `lossline view`: a few paths below its key. A request whose Host is not this machine's own name is refused, so that no site
 * can have its name point here and read what is served.
 */
export function makeViewServer(view: ServedView): Hono {
  const app = new Hono()
  app.use(async (context, next) => {
    await next()
    for (const [name, value] of Object.entries(HEADERS)) context.res.headers.set(name, value)
  })
  app.use(async (context, next) => {
    if (!OWN_HOST.test(context.req.header('host') ?? ''))
      return context.text('This is not the name of this server.', 421)
    return next()
  })
  app.use('/:key/*', async (context, next) => {
    if (!isSame(context.req.param('key'), view.key)) return context.notFound()
    return next()
  })
  app.get('/:key/', context => context.html(view.page))
  app.get('/:key/facts', context => context.json(view.facts))
  for (const [m, model] of view.models.entries()) addModel(app, `/:key/models/${m}`, model)
  app.get('/:key/rows', context =>
    context.body(toStream(view.rows()), 200, { 'content-type': 'text/plain; charset=utf-8' }),
  )
  return app
}

function addModel(app: Hono, path: string, model: ServedModel): void {
  app.get(`${path}/facts`, context => context.json(model.facts))
  app.get(`${path}/tokenizer.bin`, async context => {
    const tables = await model.tokenizerBin()
    if (tables === undefined) return context.notFound()
    return context.body(Uint8Array.from(tables), 200, { 'content-type': 'application/octet-stream' })
  })
  app.get(`${path}/tokenizer.json`, context =>
    context.body(model.tokenizerJson(), 200, { 'content-type': 'application/json' }),
  )
}

const OWN_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/

const HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': "frame-ancestors 'none'",
}

function isSame(given: string, key: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(key)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** Read as fast as the page takes it; a page that is closed ends the reading. */
function toStream(lines: AsyncIterable<string>): ReadableStream<Uint8Array> {
  const iterator = lines[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await iterator.next()
      if (done === true) controller.close()
      else controller.enqueue(Buffer.from(value))
    },
    async cancel() {
      await iterator.return?.()
    },
  })
}
