import { escapeHtml } from '../../../page/index.ts'
import { toShortNumber, toTicks } from './ticks.ts'

export interface CurvePoint {
  readonly step: number
  readonly value: number
}

export interface Series {
  readonly name: string
  readonly points: readonly CurvePoint[]
  /** A mark at each point, for what is measured now and then. */
  readonly marked?: boolean
}

const WIDTH = 440
const HEIGHT = 200
const LEFT = 46
const RIGHT = 8
const TOP = 8
const FOOT = 20
/** More points than pixels say nothing; of those that fall on one place the lowest and the highest are drawn. */
const PLACES = 300

/** How lines are told apart without colour; the fifth is as the first. */
const DASHES = ['', '6 3', '2 3', '9 3 2 3'] as const

/**
 * Numbers over steps as a figure of inline SVG. What is no number breaks the line. Nothing is given where there is nothing to draw.
 *
 * @param totalSteps where the axis ends: a run that goes on shows how far it has come
 */
export function toCurve(title: string, series: readonly Series[], totalSteps: number): string {
  const drawn = series.filter(({ points }) => points.some(({ value }) => Number.isFinite(value)))
  if (drawn.length === 0) return ''
  const plane = toPlane(drawn, totalSteps)
  const lines = drawn.map((one, s) => toLine(one, DASHES[s % DASHES.length]!, plane)).join('')
  const label = `${title}: ${drawn.map(toWords).join('; ')}`
  return `<figure><figcaption><b>${escapeHtml(title)}</b>${toLegend(drawn)}</figcaption><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(label)}">${toAxes(plane)}${lines}</svg></figure>`
}

/** From numbers to places. */
interface Plane {
  readonly x: (step: number) => number
  readonly y: (value: number) => number
  readonly steps: readonly number[]
  readonly values: readonly number[]
}

function toPlane(series: readonly Series[], totalSteps: number): Plane {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  let lastStep = totalSteps
  for (const { points } of series) {
    for (const { step, value } of points) {
      lastStep = Math.max(lastStep, step)
      if (!Number.isFinite(value)) continue
      low = Math.min(low, value)
      high = Math.max(high, value)
    }
  }
  // A little air; what is never negative doesn't get to look so, and starts at 0 when that is near.
  const span = high - low > 1e-30 ? high - low : Math.max(Math.abs(high), 1e-12)
  const air = span * 0.06
  const bottom = low >= 0 && low - air < span * 0.35 ? 0 : low - air
  const top = high + air
  const width = WIDTH - LEFT - RIGHT
  const height = HEIGHT - TOP - FOOT
  return {
    x: step => LEFT + (width * step) / Math.max(1, lastStep),
    y: value => TOP + height * ((top - value) / (top - bottom)),
    steps: toTicks(0, Math.max(1, lastStep)).filter(Number.isInteger),
    values: toTicks(bottom, top),
  }
}

function toAxes({ x, y, steps, values }: Plane): string {
  const rows = values.map(
    value =>
      `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(value).toFixed(1)}" y2="${y(value).toFixed(1)}"/><text class="v" x="${LEFT - 6}" y="${(y(value) + 4).toFixed(1)}">${toShortNumber(value)}</text>`,
  )
  const columns = steps.map(
    step => `<text class="s" x="${x(step).toFixed(1)}" y="${HEIGHT - 4}">${toShortNumber(step)}</text>`,
  )
  return rows.join('') + columns.join('')
}

function toLine({ name, points, marked }: Series, dash: string, { x, y }: Plane): string {
  const shown = thin(points, x)
  let path = ''
  let isOpen = false
  for (const { step, value } of shown) {
    const isNumber = Number.isFinite(value)
    if (isNumber) path += `${isOpen ? 'L' : 'M'}${x(step).toFixed(1)} ${y(value).toFixed(1)}`
    isOpen = isNumber
  }
  const finite = shown.filter(({ value }) => Number.isFinite(value))
  // A line of one point is none; every point tells its number, when there are not too many.
  const marks = marked === true || finite.length === 1 || finite.length < 60
  const dots = finite.map(
    ({ step, value }) =>
      `<circle cx="${x(step).toFixed(1)}" cy="${y(value).toFixed(1)}" r="${marked === true || finite.length === 1 ? 3 : 2}"><title>${escapeHtml(name)}, step ${toShortNumber(step)}: ${toShortNumber(value)}</title></circle>`,
  )
  const dashes = dash === '' ? '' : ` stroke-dasharray="${dash}"`
  return `<path d="${path}"${dashes}/>${marks ? dots.join('') : ''}`
}

function thin(points: readonly CurvePoint[], x: (step: number) => number): readonly CurvePoint[] {
  if (points.length <= 2 * PLACES) return points
  const places = new Map<number, CurvePoint[]>()
  for (const point of points) {
    const place = Math.floor((x(point.step) * PLACES) / WIDTH)
    const there = places.get(place) ?? []
    there.push(point)
    places.set(place, there)
  }
  return [...places.values()].flatMap(there => {
    const sorted = there.toSorted((a, b) => a.value - b.value)
    const ends = new Set([sorted[0]!, sorted.at(-1)!, ...there.filter(({ value }) => Number.isNaN(value))])
    return there.filter(point => ends.has(point))
  })
}

function toLegend(series: readonly Series[]): string {
  const parts = series.map(({ name, points }, s) => {
    const dash = DASHES[s % DASHES.length]!
    const sign =
      series.length === 1
        ? ''
        : `<svg class="key" viewBox="0 0 24 8" aria-hidden="true"><path d="M0 4H24"${dash === '' ? '' : ` stroke-dasharray="${dash}"`}/></svg>`
    return ` <span class="dim">${sign}${series.length === 1 ? '' : `${escapeHtml(name)} `}${toShortNumber(points.at(-1)!.value)}</span>`
  })
  return parts.join('')
}

function toWords({ name, points }: Series): string {
  return `${name} from ${toShortNumber(points[0]!.value)} to ${toShortNumber(points.at(-1)!.value)}`
}
