export { escapeHtml, toCount, toPercent, toThousands } from './html.ts'
export { type PreparedRow, toRowHtml } from './row.ts'
export { STYLE } from './style.ts'
export { toSpansHtml } from './tokens.ts'
