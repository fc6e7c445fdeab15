import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LosslineError } from '../error.ts'
import type { Io } from './io.ts'
import { reportError } from './report-error.ts'

function report(error: unknown, isDebug = false): { code: number; lines: string[] } {
  const lines: string[] = []
  const io: Io = {
    write: async () => {},
    tellPart: () => {},
    isErrorTerminal: false,
    tell: line => {
      lines.push(line)
    },
    width: 80,
    colors: 0,
    isTerminal: false,
    isDebug,
  }
  return { code: reportError(error, io, isDebug), lines }
}

test('words an error for the command line, in one line that acts on no terminal', () => {
  const error = new LosslineError('mask/x', 'is "\x1b[2J\n"', {
    where: 'a.jsonl:3',
    fix: 'Set {max_length}.',
  })
  assert.deepEqual(report(error), { code: 1, lines: ['lossline: a.jsonl:3 is "␛[2J⏎". Set --max-length.'] })
  assert.equal(report(new LosslineError('cli/option', 'is wrong')).code, 2)
})

test('asks to report what nobody expected, with the stack on wish only', () => {
  const { code, lines } = report(new TypeError('x is not a function\n  at y'))
  assert.equal(code, 1)
  assert.deepEqual(lines, [
    'lossline: unexpected TypeError: x is not a function⏎  at y. This is a bug: please report it with what --debug adds.',
  ])
  assert.match(report(new TypeError('x'), true).lines[1]!, /report-error\.test/)
})
