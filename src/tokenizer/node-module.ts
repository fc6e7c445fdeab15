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
 * One of Node's own modules, without an import that a browser's bundler would follow.
 *
 * @param purpose what it is needed for, as an error words it: `reading a model folder`
 * @throws LosslineError `tokenizer/needs-node` elsewhere than in Node
 */
export function nodeModule<Name extends keyof NodeModules>(name: Name, purpose: string): NodeModules[Name] {
  const found = globalThis.process?.getBuiltinModule?.(name)
  if (found !== undefined) return found as NodeModules[Name]
  const isOld = globalThis.process?.versions?.node !== undefined
  throw new LosslineError('tokenizer/needs-node', `${purpose} needs Node${isOld ? ' 20.16 or newer' : ''}`, {
    fix: isOld ? 'Update Node' : 'In a browser, use Tokenizer.fromJSON with a tokenizer.json of a BPE model',
  })
}
