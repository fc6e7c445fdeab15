import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeContext } from '../../test/lint/run-example.ts'
import { makeConversation } from '../../test/mask/conversations.ts'
import { type Masked, type MaskOptions, maskExample } from '../mask/index.ts'
import { CHATML } from './example.ts'
import { NO_FACTS, RowSubject } from './subject.ts'

/** Plain ChatML, and one that writes earlier turns otherwise, so that it is unrolled. */
const TEMPLATES = [
  CHATML,
  CHATML.replace("m['content']", "(m['content'] if loop.last else m['content'] | upper)"),
]
const OPTIONS: readonly MaskOptions[] = [
  {},
  { strategy: 'assistant' },
  { unroll: 'always' },
  { roles: ['user'] },
  { turns: 'last' },
  { trainOnEot: 'none' },
  { strategy: 'all' },
]

test('the exact mask is the same whether it is the chosen one or made for the rules', async () => {
  let same = 0
  let unrolled = 0
  for (const template of TEMPLATES) {
    const context = await makeContext({ rows: [], template })
    for (let seed = 1; seed <= 20; seed++) {
      const example = makeConversation(seed)
      const expected = maskExample(example, context, { strategy: 'assistant', unroll: 'never' })[0]!
      for (const options of OPTIONS) {
        const masks = maskExample(example, context, options)
        const strategy = options.strategy ?? 'assistant'
        const parts = {
          where: 'a:1',
          row: null,
          example,
          format: 'messages',
          masks,
          cuts: undefined,
        } as const
        const { exact } = new RowSubject({ ...parts, context, options, strategy, facts: NO_FACTS })
        assert.deepEqual(toPlain(exact!), toPlain(expected))
        if (exact === masks[0]) same++
        if (masks.length > 1) unrolled++
      }
    }
  }
  assert.ok(unrolled >= 20, `${unrolled} were unrolled`)
  assert.ok(same >= 40, `${same} were not made again`)
})

function toPlain({ rendered, encoded, runs, spans, findings, roles, turn }: Masked): object {
  return { text: rendered.text, ids: encoded.ids, runs, spans, findings, roles, turn }
}
