import { escapeHtml } from '../python/index.ts'
import type { Runtime } from '../runtime.ts'
import { asMarkup, rewritten, type Str } from '../values/str.ts'

/** `markupsafe.escape`: Markup stays as it is, a str is escaped and becomes Markup. */
export function escapeStr(runtime: Runtime, str: Str): Str {
  if (str.safe) return str
  runtime.chargeText(str.text.length)
  return asMarkup(rewritten(escapeHtml(str.text), str), true)
}
