/** Three to six round numbers from `low` to `high`, for an axis. */
export function toTicks(low: number, high: number): number[] {
  const span = high - low
  if (!(span > 0) || !Number.isFinite(span)) return [low]
  const power = 10 ** Math.floor(Math.log10(span / 4))
  const step = [1, 2, 2.5, 5, 10].map(factor => factor * power).find(size => span / size <= 5)!
  const first = Math.ceil(low / step - 1e-9)
  const ticks: number[] = []
  for (let t = first; t * step <= high + step * 1e-9; t++) ticks.push(Number((t * step).toPrecision(12)))
  return ticks
}

/** A number in a few characters: 1,204, 0.0312, 2e-5. */
export function toShortNumber(value: number): string {
  if (value === 0) return '0'
  const size = Math.abs(value)
  if (!Number.isFinite(value)) return String(value)
  if (size >= 1000) return Math.round(value).toLocaleString('en-US')
  if (size < 0.001) return value.toExponential(1).replace('.0e', 'e')
  return String(Number(value.toPrecision(size >= 1 ? 4 : 3)))
}
