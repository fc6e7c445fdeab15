/** Text that stands in a page as itself. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, char => `&#${char.charCodeAt(0)};`)
}

/** `1,204` */
export function toThousands(count: number): string {
  return count.toLocaleString('en-US')
}

export function toPercent(part: number, whole: number): string {
  return whole === 0 ? '0 %' : `${((100 * part) / whole).toFixed(1)} %`
}
