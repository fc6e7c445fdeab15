import type * as FileSystem from 'node:fs/promises'
import type * as Workers from 'node:worker_threads'
import type * as Zlib from 'node:zlib'
import { LosslineError } from '../error.ts'

interface NodeModules {
  readonly 'node:fs/promises': typeof FileSystem
  readonly 'node:worker_threads': typeof Workers
  readonly 'node:zlib': typeof Zlib
}

/**
 * One of Node's own modules, by an import that a browser's bundler doesn't follow: it can't read the name.
 *
 * @param purpose what it is needed for, as an error words it: `reading a model folder`
 * @throws LosslineError `tokenizer/needs-node` elsewhere than in Node
 */
export async function nodeModule<Name extends keyof NodeModules>(
  name: Name,
  purpose: string,
): Promise<NodeModules[Name]> {
  if (globalThis.process?.versions?.node !== undefined) return (await import(name)) as NodeModules[Name]
  throw new LosslineError('tokenizer/needs-node', `${purpose} needs Node`, {
    fix: 'In a browser, use Tokenizer.fromJSON with a tokenizer.json of a BPE model',
  })
}
