// Asks the real Python what Lossline's imitation of it should say.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { JsonFloat } from '../../src/json/index.ts'
import { dictEntries, isDict, PyError, PyTuple, type PyValue } from '../../src/template/python/index.ts'
import { findPython } from './python.ts'

/** The pinned environment where there is one; else whatever Python is here, which may do. */
export const PYTHON: string = findPython('interop') ?? 'python3'

/** Another seed gives other cases: LOSSLINE_SEED=7 npm test. */
const SEED = Number(process.env['LOSSLINE_SEED'] ?? 20)

/** From dist/test/interop, where this file runs. */
const SCRIPT = fileURLToPath(new URL('../../../test/interop/python_semantics.py', import.meta.url))

/** One question: a function of python_semantics.py, its arguments, and what Lossline answers. */
export interface Question {
  readonly fn: string
  readonly args: readonly PyValue[]
  readonly ours: () => PyValue
  /** Python's words for its error have to be ours, too. */
  readonly words?: boolean
}

type Answer = { readonly value: unknown } | { readonly error: string; readonly message: string }

/** Registers a test that Lossline gives Python's answer, or Python's kind of error, to every question. */
export function agreesWithPython(name: string, questions: () => readonly Question[]): void {
  test(name, t => {
    const asked = questions()
    const answers = ask(asked)
    if (answers === undefined)
      return t.skip(`${PYTHON} with Jinja2 is not here: npm run python-env -- interop`)
    for (const [i, question] of asked.entries()) {
      const expected = withoutWords(answers[i]!, question)
      const actual = withoutWords(answerOurselves(question), question)
      if (isDeepStrictEqual(actual, expected)) continue
      assert.deepEqual(actual, expected, `${question.fn}(${JSON.stringify(question.args.map(encode))})`)
    }
  })
}

function withoutWords(answer: Answer, question: Question): Answer {
  return 'error' in answer && question.words !== true ? { ...answer, message: '' } : answer
}

/** A thousand or so cases from an arbitrary; the same ones in every run. */
export function cases<T>(arbitrary: fc.Arbitrary<T>, count = 2000): T[] {
  return fc.sample(arbitrary, { numRuns: count, seed: SEED })
}

/** Undefined where there is no Python, or no Jinja2 in it. */
function ask(questions: readonly Question[]): Answer[] | undefined {
  const input = questions.map(({ fn, args }) => JSON.stringify({ fn, args: args.map(encode) })).join('\n')
  const { error, stdout, stderr, status } = spawnSync(PYTHON, ['-X', 'utf8', SCRIPT], {
    input,
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  })
  if (status === NO_JINJA || (error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return undefined
  assert.equal(status, 0, stderr)
  return stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as Answer)
}

/** The script's exit status where Jinja2 can't be imported. */
const NO_JINJA = 3

function answerOurselves({ ours }: Question): Answer {
  try {
    // Through JSON and back, so that -0 and undefined cannot hide.
    return { value: JSON.parse(JSON.stringify(encode(ours()))) }
  } catch (error) {
    if (error instanceof PyError) return { error: error.kind, message: error.message }
    throw error
  }
}

/** A value, tagged as python_semantics.py tags it. */
export function encode(value: PyValue): unknown {
  if (typeof value === 'bigint') return { int: String(value) }
  if (typeof value === 'number') {
    return Number.isInteger(value) && !Object.is(value, -0)
      ? { int: String(BigInt(value)) }
      : encodeFloat(value)
  }
  if (value instanceof JsonFloat) return encodeFloat(value.value)
  if (Array.isArray(value)) {
    const items = Array.from(value as readonly PyValue[], encode)
    return value instanceof PyTuple ? { tuple: items } : items
  }
  if (isDict(value)) return { dict: dictEntries(value).map(([key, item]) => [encode(key), encode(item)]) }
  return value
}

function encodeFloat(value: number): unknown {
  const bytes = Buffer.alloc(8)
  // One nan is as good as another.
  bytes.writeDoubleBE(Number.isNaN(value) ? Number.NaN : value)
  return { float: bytes.toString('hex') }
}
