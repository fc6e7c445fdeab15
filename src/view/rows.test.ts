import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { RowColumns, type RowFilter } from './rows.ts'
import type { Budget } from './scan.ts'

const row = fc.record({
  tokens: fc.nat(100),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  messages: fc.nat(5),
  role: fc.nat(2),
  failed: fc.boolean(),
})
const lines = ['user', 'assistant', 'tool'].map(name => ({ name, tokens: 0, trained: 0, rows: 0 }))
const budget = { roles: lines, sources: [], findings: [] } as unknown as Budget

test('lists the rows that a plain filter would, in order, in whatever parts they came', () => {
  const filters: fc.Arbitrary<RowFilter> = fc.record(
    {
      role: fc.constantFrom('user', 'assistant', 'tool', 'nobody'),
      minTokens: fc.nat(100),
      maxShare: fc.double({ min: 0, max: 1, noNaN: true }),
      minMessages: fc.nat(5),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(
      fc.array(row, { maxLength: 50 }),
      filters,
      fc.integer({ min: 1, max: 9 }),
      (rows, filter, step) => {
        const columns = new RowColumns()
        for (let start = 0; start < rows.length; start += step) {
          const part = rows.slice(start, start + step)
          const none = part.map(() => 0)
          columns.add({
            ...{
              startRow: start,
              rowCount: part.length,
              sources: none,
              findings: none,
              moreFindings: none,
              different: none,
            },
            tokens: part.map(({ tokens }) => tokens),
            trained: part.map(({ tokens, share }) => Math.floor(tokens * share)),
            messages: part.map(({ messages }) => messages),
            roles: part.map(({ role }) => 1 << role),
            failed: part.map(({ failed }) => Number(failed)),
          })
        }
        const isWanted = ({ tokens, share, messages, role, failed }: (typeof rows)[number]): boolean => {
          if (Object.keys(filter).length === 0) return true
          const isRole = filter.role === undefined || lines[role]!.name === filter.role
          const trainedShare = tokens === 0 ? 0 : Math.floor(tokens * share) / tokens
          return (
            !failed &&
            isRole &&
            tokens >= (filter.minTokens ?? 0) &&
            messages >= (filter.minMessages ?? 0) &&
            trainedShare <= (filter.maxShare ?? 1)
          )
        }
        const expected = [...rows.keys()].filter(r => isWanted(rows[r]!))
        assert.deepEqual([...columns.filter(filter, budget, rows.length)], expected)
      },
    ),
  )
})

test('begins anew with the first row of another scan', () => {
  const columns = new RowColumns()
  const part = (startRow: number, tokens: readonly number[]) => {
    const none = tokens.map(() => 0)
    return {
      ...{ startRow, rowCount: tokens.length, tokens, trained: none, messages: none },
      ...{ roles: none, sources: none, findings: none, moreFindings: none, different: none, failed: none },
    }
  }
  columns.add(part(0, [1, 2, 3]))
  columns.add(part(0, [4]))
  assert.equal(columns.count, 1)
  assert.equal(columns.counts(0)?.tokens, 4)
  assert.equal(columns.counts(1), undefined)
})

test('finds each of more rules than a column has bits', () => {
  const columns = new RowColumns()
  const rules = Array.from({ length: 40 }, (_, r) => ({ name: `rule-${r}`, tokens: 0, trained: 0, rows: 1 }))
  const none = rules.map(() => 0)
  columns.add({
    ...{ startRow: 0, rowCount: 40, tokens: none, trained: none, messages: none, roles: none },
    ...{ sources: none, different: none, failed: none },
    findings: rules.map((_, r) => (r < 31 ? 1 << r : 0)),
    moreFindings: rules.map((_, r) => (r < 31 ? 0 : 1 << (r - 31))),
  })
  const budget = { roles: [], sources: [], findings: rules } as unknown as Budget
  for (const [r, { name }] of rules.entries())
    assert.deepEqual([...columns.filter({ finding: name }, budget, 40)], [r])
})

test('lists rows that nothing is known of yet, unless something is asked of them', () => {
  const columns = new RowColumns()
  assert.deepEqual([...columns.filter({}, undefined, 3)], [0, 1, 2])
  assert.deepEqual([...columns.filter({ found: new Set([2]) }, undefined, 3)], [2])
  assert.deepEqual([...columns.filter({ minTokens: 1 }, undefined, 3)], [])
})
