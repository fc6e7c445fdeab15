import { toThousands } from '../../page/index.ts'

const WIDTH = 640
const HEIGHT = 150
const FOOT = 18
const BARS = 40

/** How many examples have which length, as bars of equal width in lengths; the last one has all that are longer than 99 of 100. */
export function toHistogram(lengths: ReadonlyMap<number, number>): string {
  const sorted = [...lengths].sort(([a], [b]) => a - b)
  const total = sorted.reduce((sum, [, count]) => sum + count, 0)
  if (total === 0) return '<p class="dim">No examples.</p>'
  const longest = sorted.at(-1)![0]
  const end = Math.max(BARS, quantile(sorted, total, 0.99) + 1)
  const step = Math.ceil(end / BARS)
  const lastStart = (BARS - 1) * step
  const bars = new Array<number>(BARS).fill(0)
  for (const [length, count] of sorted) bars[Math.min(BARS - 1, Math.floor(length / step))]! += count
  const highest = Math.max(...bars)
  const barWidth = WIDTH / BARS
  const rects = bars.map((count, b) => {
    const height = ((HEIGHT - FOOT - 6) * count) / highest
    const range = `${toThousands(b * step)} to ${toThousands(b === BARS - 1 ? Math.max(longest, lastStart + step - 1) : (b + 1) * step - 1)} tokens`
    const y = HEIGHT - FOOT - height
    return `<rect x="${(b * barWidth).toFixed(1)}" y="${y.toFixed(1)}" width="${(barWidth - 1.5).toFixed(1)}" height="${height.toFixed(1)}"><title>${range}: ${toThousands(count)}</title></rect>`
  })
  const ticks = [0, 10, 20, 30].map(
    b => `<text x="${b * barWidth}" y="${HEIGHT - 4}">${toThousands(b * step)}</text>`,
  )
  const axis = `<line x1="0" x2="${WIDTH}" y1="${HEIGHT - FOOT}" y2="${HEIGHT - FOOT}"/>`
  const label = `Lengths of ${toThousands(total)} examples in tokens`
  const median = `Half of the examples have at most ${toThousands(quantile(sorted, total, 0.5))} tokens, 95 of 100 at most ${toThousands(quantile(sorted, total, 0.95))}; the longest has ${toThousands(longest)}.`
  const rest =
    longest < lastStart + step ? '' : ` The last bar has all from ${toThousands(lastStart)} tokens.`
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">${rects.join('')}${axis}${ticks.join('')}</svg><p class="dim">${median}${rest}</p>`
}

function quantile(sorted: readonly (readonly [number, number])[], total: number, share: number): number {
  let seen = 0
  for (const [length, count] of sorted) {
    seen += count
    if (seen >= share * total) return length
  }
  return sorted.at(-1)?.[0] ?? 0
}
