// Asks the real Jinja2 what a template gives.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Json } from '../../src/json/index.ts'
import { toJson } from '../../src/template/python/index.ts'
import { PYTHON } from './python-oracle.ts'

/** From dist/test/interop, where this file runs. */
const SCRIPT = fileURLToPath(new URL('../../../test/interop/jinja_render.py', import.meta.url))

export interface JinjaCase {
  readonly template: string
  readonly variables: Readonly<Record<string, Json>>
}

export type JinjaAnswer =
  | { readonly text: string; readonly spans: readonly (readonly [number, number])[] }
  | { readonly error: string; readonly message: string }

/** What `strftime_now` sees on both sides. */
export const NOW: Date = new Date(2026, 0, 15, 9, 30, 0)

let available: boolean | undefined

export function hasJinja(): boolean {
  available ??= spawnSync(PYTHON, ['-c', 'import jinja2']).status === 0
  return available
}

/** Jinja2's answers, in the order of the cases. */
export function renderWithJinja(cases: readonly JinjaCase[]): JinjaAnswer[] {
  const input = cases.map(({ template, variables }) =>
    toJson({ template, variables, now: '2026-01-15T09:30:00' }),
  )
  const { stdout, stderr, status } = spawnSync(PYTHON, ['-X', 'utf8', SCRIPT], {
    input: input.join('\n'),
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  })
  if (status !== 0) throw new Error(stderr)
  return stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as JinjaAnswer)
}
