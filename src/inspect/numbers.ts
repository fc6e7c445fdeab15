/** `1,204` */
export function toThousands(count: number): string {
  return count.toString().replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `17.8%` of a whole; of nothing, nothing. Never 0% of some, never 100% of not all. */
export function toShare(part: number, whole: number): string {
  if (whole === 0) return '–'
  if (part === 0) return '0%'
  if (part === whole) return '100%'
  return `${Math.min(99.9, Math.max(0.1, (100 * part) / whole)).toFixed(1)}%`
}

/** `1 token`, `3 tokens` */
export function toCount(count: number, noun: string): string {
  return `${toThousands(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** `×0.5`: a weight in at most three digits. */
export function toWeight(weight: number): string {
  return `×${Number(weight.toPrecision(3))}`
}
