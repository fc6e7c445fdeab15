import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type CurvePoint, toCurve } from './curve.ts'
import { toTicks } from './ticks.ts'

const anyValue = fc.oneof(
  fc.double({ noNaN: true, min: -1e300, max: 1e300 }),
  fc.double({ noNaN: true, min: -10, max: 10 }),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
)

test('draws every point inside of its frame, whatever the numbers', () => {
  fc.assert(
    fc.property(fc.array(anyValue, { minLength: 1, maxLength: 30 }), values => {
      const points = values.map((value, i) => ({ step: 3 * i, value }))
      const svg = toCurve('Loss', [{ name: 'training', points, marked: true }], 100)
      const finite = values.filter(Number.isFinite)
      const circles = [...svg.matchAll(/<circle cx="(.+?)" cy="(.+?)"/g)]
      assert.equal(circles.length, finite.length)
      for (const [, x, y] of circles) {
        assert.ok(Number(x) >= 46 && Number(x) <= 432, `x ${x}`)
        assert.ok(Number(y) >= 8 && Number(y) <= 180, `y ${y}`)
      }
    }),
  )
})

test('keeps the highest and the lowest of many points, and not many points', () => {
  const points: CurvePoint[] = Array.from({ length: 20_000 }, (_, step) => ({
    step,
    value: step % 97 === 5 ? 9 : 1,
  }))
  points[7777] = { step: 7777, value: -3 }
  const svg = toCurve('Loss', [{ name: 'training', points }], 20_000)
  assert.ok(svg.length < 20_000, `${svg.length} characters`)
  assert.match(svg, /training from 1 to 1/)
  const heights = new Set([...svg.matchAll(/[ML]\S+ (\S+?)(?=[ML"])/g)].map(([, y]) => y))
  assert.equal(heights.size, 3)
})

test('breaks the line where there is no number', () => {
  const points = [1, 2, Number.NaN, 3, 4].map((value, step) => ({ step, value }))
  assert.equal(
    toCurve('Loss', [{ name: 'training', points }], 4)
      .match(/<path d="(.+?)"/)![1]!
      .match(/M/g)!.length,
    2,
  )
})

test('ticks are round, rise, lie in the range, and are few', () => {
  const range = fc.double({ min: -1e12, max: 1e12, noNaN: true })
  fc.assert(
    fc.property(range, fc.double({ min: 1e-9, max: 1e12, noNaN: true }), (low, span) => {
      fc.pre(low + span > low)
      fc.pre(span > Math.abs(low) * 1e-6)
      const ticks = toTicks(low, low + span)
      assert.ok(ticks.length >= 2 && ticks.length <= 6, `${ticks.length}`)
      const air = span * 1e-6
      for (const [i, tick] of ticks.entries()) {
        assert.ok(tick >= low - air && tick <= low + span + air, `${tick}`)
        assert.ok(i === 0 || tick > ticks[i - 1]!)
      }
    }),
  )
})
