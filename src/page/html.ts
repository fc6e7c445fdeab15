/** Text that stands in a page as itself. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, char => `&#${char.charCodeAt(0)};`)
}

/** `1,204` */
export function toThousands(count: number): string {
  return count.toLocaleString('en-US')
}

/** `1 token`, `1,204 tokens` */
export function toCount(count: number, noun: string): string {
  return `${toThousands(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** `23.4 %`; what is little and not nothing is `< 0.1 %`. */
export function toPercent(part: number, whole: number): string {
  if (part === 0 || whole === 0) return '0 %'
  const percent = (100 * part) / whole
  return percent < 0.05 ? '< 0.1 %' : `${percent.toFixed(1)} %`
}
