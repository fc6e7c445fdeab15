import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeError, LosslineError } from '../../error.ts'
import { toRegExp } from './python-pattern.ts'

/** A pattern, a text, and what Python's `re.fullmatch` says of them. */
const CASES: readonly (readonly [string, string, boolean])[] = [
  ['.*\\.q_proj', 'layers.0.q_proj', true],
  ['.*\\.q_proj', 'layers.0.q_proj_2', false],
  ['q|k', 'k', true],
  ['q|k', 'qk', false],
  ['(?P<layer>\\d+)\\.x', '12.x', true],
  ['(?i)Q_PROJ', 'q_proj', true],
  ['(?i:a)b', 'Ab', true],
  ['a{,2}b', 'aab', true],
  ['a{,2}b', 'aaab', false],
  ['[]a]b', ']b', true],
  ['[^]a]b', 'ab', false],
  ['[^]a]b', 'cb', true],
  ['[[a]b', '[b', true],
  ['\\Aab\\Z', 'ab', true],
  ['a\\.b\\-c\\_d', 'a.b-c_d', true],
  ['(?!.*mlp).*proj', 'attn.proj', true],
  ['(?!.*mlp).*proj', 'mlp.proj', false],
]

for (const [pattern, text, expected] of CASES) {
  // Node 20 has no flags of a group.
  const isRefused = pattern.startsWith('(?i:')
  test(`${pattern} ${isRefused ? 'is refused' : expected ? 'fits' : 'does not fit'} ${text}`, () => {
    if (isRefused) assert.throws(() => toRegExp(pattern, 'full'), LosslineError)
    else assert.equal(toRegExp(pattern, 'full').test(text), expected)
  })
}

test('a match from the start need not reach the end', () => {
  assert.ok(toRegExp('q', 'start').test('q_proj'))
  assert.ok(!toRegExp('p', 'start').test('q_proj'))
})

test('a pattern that Python refuses, or JavaScript lacks, is told in one line', () => {
  for (const pattern of ['(', '\\q', 'a++', '(?P=name)']) {
    assert.throws(
      () => toRegExp(pattern, 'full'),
      (error: unknown) =>
        error instanceof LosslineError &&
        /^the pattern ".*" can't be used: [^\n]+ Write it as Python/.test(describeError(error)),
    )
  }
})
