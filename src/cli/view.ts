import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { basename } from 'node:path'
import { type ReadOptions, readRows } from '../dataset/index.ts'
import { LosslineError } from '../error.ts'
import { readModelFolder, readTokenizerJson } from '../hub/index.ts'
import { readTokenizerTables } from '../open-tokenizer.ts'
import type { ServedModel } from '../view-server/index.ts'
import type { CommandInput } from './command.ts'
import type { ExitCode, Io } from './io.ts'
import { resolveTokenizer } from './model-path.ts'
import type { Values } from './options.ts'
import { toParseOptions, toReadOptions } from './rows.ts'
import { readTemplates, toNames, toViewSettings } from './view-settings.ts'

const USUAL_PORT = 8348

/** `lossline view FILE`: a page on this machine alone, until Ctrl-C. */
export async function runView({ file, values, repeated }: CommandInput, io: Io): Promise<ExitCode> {
  const reading = toReadOptions(values)
  await checkFile(file, reading)
  const templates = readTemplates((repeated.chat_template ?? []) as readonly string[])
  const settings = toViewSettings(values, templates)
  const { makeViewServer, readViewPage, toRowLines, withGiven } = await import('../view-server/index.ts')
  const page = withGiven(readViewPage(), { kind: 'served', name: basename(file) })
  const models = await openModels(values, (repeated.tokenizer ?? []) as readonly string[], io)
  // A tokenizer that is broken, or of a kind that needs Node, ends the command, and not the page.
  const [first] = models
  if ((await first!.tokenizerBin()) === undefined) checkKind(first!.tokenizerJson(), values)
  const key = randomBytes(16).toString('base64url')
  const app = makeViewServer({
    key,
    page,
    facts: {
      ...{ templates, settings },
      models: models.map(({ name }) => name),
      rowOptions: toParseOptions(values),
      now: (values.now ?? new Date()).getTime(),
    },
    models,
    rows: () => toRowLines(file, reading),
  })
  const { port, closed } = await listen(app.fetch, values)
  const address = `http://127.0.0.1:${port}/${key}/`
  await io.write(`${address}\n`)
  io.tell('lossline: the page is for this machine alone, for who knows its address; Ctrl-C ends it.')
  if (values.open === true) openBrowser(address, io)
  await closed
  return 0
}

/** @throws LosslineError `view/tokenizer-kind` */
function checkKind(tokenizerJson: string, { tokenizer }: Values): void {
  const { model } = JSON.parse(tokenizerJson) as { model?: { type?: string } }
  const kind = model?.type ?? 'BPE'
  if (kind === 'BPE') return
  const what = `is a ${kind} tokenizer, and a page can compute BPE alone`
  const fix = 'Look at its masks with: lossline show FILE.'
  throw new LosslineError('view/tokenizer-kind', what, { where: `--tokenizer ${tokenizer}`, fix })
}

/** All that were named, each as it is served; tables are built when a page asks for them. */
async function openModels(
  values: Values,
  named: readonly string[],
  io: Io,
): Promise<(ServedModel & { readonly name: string })[]> {
  const [first, ...more] = [await resolveTokenizer(values, io), ...named.slice(1)]
  const paths = [first]
  for (const tokenizer of more) paths.push(await resolveTokenizer({ tokenizer }, io))
  const names = toNames(named)
  return paths.map((path, p) => {
    const model = readModelFolder(path)
    const { templates, specialTokens, generationStopIds, configStopIds, tokenizerConfig } = model
    let tables: Promise<Uint8Array | undefined> | undefined
    return {
      name: names[p]!,
      facts: { templates, specialTokens, generationStopIds, configStopIds, tokenizerConfig },
      tokenizerBin: () => (tables ??= readTokenizerTables(model, { cache: values.no_cache !== true })),
      tokenizerJson: () => readTokenizerJson(model),
    }
  })
}

/** Each page reads the file anew. @throws LosslineError where it can't be */
async function checkFile(file: string, reading: ReadOptions): Promise<void> {
  const { isPrepared } = await import('./show-prepared.ts')
  if (file === '-') {
    const what = "can't be read again for each page that asks"
    throw new LosslineError('cli/view', what, { where: 'stdin', fix: 'Write it to a file and name that.' })
  }
  if (await isPrepared(file)) {
    const what = 'holds prepared rows, of which only ids and labels are left'
    throw new LosslineError('cli/view', what, {
      where: file,
      fix: 'Look at them with: lossline show FOLDER.',
    })
  }
  for await (const _ of readRows(file, reading)) return
}

type Fetch = (request: Request) => Response | Promise<Response>

/** On the port that --port names, else on the usual one, else on any that is free. */
async function listen(fetch: Fetch, { port }: Values): Promise<{ port: number; closed: Promise<void> }> {
  try {
    return await listenOn(fetch, port ?? USUAL_PORT)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    if (port === undefined && code === 'EADDRINUSE') return listenOn(fetch, 0)
    const what = code === 'EADDRINUSE' ? `${port} is in use` : `${port} can't be listened on (${code})`
    throw new LosslineError('cli/port', what, { where: '--port', fix: 'Name another, or leave it out.' })
  }
}

async function listenOn(fetch: Fetch, port: number): Promise<{ port: number; closed: Promise<void> }> {
  const { createAdaptorServer } = await import('@hono/node-server')
  const server = createAdaptorServer({ fetch })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const closed = new Promise<void>(resolve => server.once('close', resolve))
  return { port: (server.address() as AddressInfo).port, closed }
}

const OPENERS: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
}

function openBrowser(address: string, io: Io): void {
  const [program, ...args] = OPENERS[process.platform] ?? ['xdg-open']
  const opener = spawn(program, [...args, address], { stdio: 'ignore', detached: true })
  opener.on('error', () =>
    io.tell(`lossline: no browser could be opened with ${program}: open the address above.`),
  )
  opener.unref()
}
