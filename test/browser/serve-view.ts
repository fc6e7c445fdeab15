import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { ServedPage } from './serve-page.ts'

const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url))

/** `lossline view` on a port that is free. */
export async function serveView(args: readonly string[]): Promise<ServedPage> {
  const server = spawn(process.execPath, [MAIN, 'view', ...args, '--port', '0', '--no-cache'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [address] = (await once(createInterface({ input: server.stdout }), 'line')) as [string]
  return { address, close: () => void server.kill() }
}
