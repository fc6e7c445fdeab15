import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

export interface ServedPage {
  readonly address: string
  readonly close: () => void
}

/** Serves a built page by the program that people serve it with. */
export async function servePage(page: string, args: readonly string[] = []): Promise<ServedPage> {
  const server = spawn(process.execPath, ['scripts/serve-pages.mjs', page, '--port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [address] = (await once(createInterface({ input: server.stdout }), 'line')) as [string]
  return { address, close: () => void server.kill() }
}
