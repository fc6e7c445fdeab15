import { LosslineError, quote } from '../error.ts'
import { findNearest } from '../nearest.ts'
import type { InputSpec } from '../prepare/index.ts'

/**
 * An input as the command line writes it: a path, or `path=chats.jsonl,weight=2` / `path=chats.jsonl,samples=1000`.
 *
 * @throws LosslineError `cli/option`
 */
export function parseInput(text: string): InputSpec {
  if (!text.startsWith('path=')) return { path: text }
  const parts = /^path=(.*?)((?:,(?:weight|samples)=[^,]*)*)$/s.exec(text)!
  const path = parts[1]!
  const [, name] = /,(\w+)=[^,/\\]*$/.exec(path) ?? []
  const meant = name === undefined ? undefined : findNearest(name, ['weight', 'samples'])
  if (meant !== undefined)
    throw inputError(text, `weight=2 or samples=1000, not ${name}`, `Did you mean ${meant}?`)
  if (path === '') throw inputError(text, 'a path after path=')
  const shares = parts[2]!.split(',').slice(1)
  return { path, ...Object.fromEntries(shares.map(share => parseShare(share, text))) }
}

function parseShare(share: string, text: string): readonly [string, number] {
  const [name, value = ''] = share.split('=')
  const number = Number(value)
  if (name === 'weight' && /^[\d.]+(e-?\d+)?$/i.test(value) && number > 0) return ['weight', number]
  if (name === 'samples' && /^\d+$/.test(value) && number > 0) return ['samples', number]
  throw inputError(text, 'weight=2, weight=0.5 or samples=1000')
}

function inputError(text: string, expected: string, fix = 'Write path=chats.jsonl,weight=2.'): LosslineError {
  return new LosslineError('cli/option', `is ${quote(text)}; expected ${expected}`, { where: 'INPUT', fix })
}
