import { toThousands } from '../../page/index.ts'

const WIDTH = 640
const HEIGHT = 132
const BARS = 40

/** How many sequences have which length, as bars of equal width in lengths; the last one has all that are longer than 99 of 100. */
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
    const height = ((HEIGHT - 6) * count) / highest
    const range = `${toThousands(b * step)} to ${toThousands(b === BARS - 1 ? Math.max(longest, lastStart + step - 1) : (b + 1) * step - 1)} tokens`
    const y = HEIGHT - height
    return `<rect x="${(b * barWidth).toFixed(1)}" y="${y.toFixed(1)}" width="${(barWidth - 1.5).toFixed(1)}" height="${height.toFixed(1)}"><title>${range}: ${toThousands(count)}</title></rect>`
  })
  // Beside the drawing, which shrinks with the page: text in it would be too small to read on a phone.
  const ticks = [0, 10, 20, 30].map(b => `<span>${toThousands(b * step)}</span>`)
  const axis = `<line x1="0" x2="${WIDTH}" y1="${HEIGHT}" y2="${HEIGHT}"/>`
  const label = `${toThousands(total)} lengths in tokens`
  const median = `Half have at most ${toThousands(quantile(sorted, total, 0.5))} tokens, 95 of 100 at most ${toThousands(quantile(sorted, total, 0.95))}; the longest has ${toThousands(longest)}.`
  const scale = ` The highest bar stands for ${toThousands(highest)}.`
  const rest =
    longest < lastStart + step ? '' : ` The last bar has all from ${toThousands(lastStart)} tokens.`
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">${rects.join('')}${axis}</svg><div class="ticks">${ticks.join('')}</div><p class="dim">${median}${scale}${rest}</p>`
}

function quantile(sorted: readonly (readonly [number, number])[], total: number, share: number): number {
  let seen = 0
  for (const [length, count] of sorted) {
    seen += count
    if (seen >= share * total) return length
  }
  return sorted.at(-1)?.[0] ?? 0
}
