import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { basename } from 'node:path'
import { readRows } from '../dataset/index.ts'
import { LosslineError } from '../error.ts'
import { readModelFolder, readTokenizerJson } from '../hub/index.ts'
import { readTokenizerTables } from '../open-tokenizer.ts'
import { ChatTemplate } from '../template/index.ts'
import type { CommandInput } from './command.ts'
import type { ExitCode, Io } from './io.ts'
import { resolveTokenizer } from './model-path.ts'
import type { Values } from './options.ts'
import { toParseOptions } from './rows.ts'
import { toViewSettings } from './view-settings.ts'

const USUAL_PORT = 8348

/** `lossline view FILE`: a page on this machine alone, until Ctrl-C. */
export async function runView({ file, values }: CommandInput, io: Io): Promise<ExitCode> {
  await checkFile(file)
  const settings = toViewSettings(values)
  if (settings.template !== undefined)
    ChatTemplate.compile(settings.template, { name: values.chat_template ?? 'template' })
  const { makeViewServer, readViewPage, toRowLines, withGiven } = await import('../view-server/index.ts')
  const page = withGiven(readViewPage(), { kind: 'served', name: basename(file) })
  const model = readModelFolder(await resolveTokenizer(values, io))
  const { templates, specialTokens, generationStopIds, configStopIds, tokenizerConfig } = model
  const key = randomBytes(16).toString('base64url')
  const app = makeViewServer({
    key,
    page,
    model: {
      facts: { templates, specialTokens, generationStopIds, configStopIds, tokenizerConfig },
      settings,
      rowOptions: toParseOptions(values),
      now: (values.now ?? new Date()).getTime(),
    },
    tokenizerBin: await readTokenizerTables(model, { cache: values.no_cache !== true }),
    tokenizerJson: () => readTokenizerJson(model),
    rows: () => toRowLines(file),
  })
  const { port, closed } = await listen(app.fetch, values)
  const address = `http://127.0.0.1:${port}/${key}/`
  await io.write(`${address}\n`)
  io.tell('lossline: the page is for this machine alone, for who knows its address; Ctrl-C ends it.')
  if (values.open === true) openBrowser(address, io)
  await closed
  return 0
}

/** Each page reads the file anew. @throws LosslineError where it can't be */
async function checkFile(file: string): Promise<void> {
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
  for await (const _ of readRows(file)) return
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
