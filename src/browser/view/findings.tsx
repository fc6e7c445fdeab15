import type { Finding } from '../../mask/index.ts'
import { toThousands } from '../../page/index.ts'
import type { RowDetail, ViewExample } from '../../view/index.ts'
import type { OnToken } from './conversation.tsx'
import { findToken } from './tokens.ts'

interface Found {
  readonly finding: Finding
  readonly at: Parameters<OnToken>[0] | undefined
}

/** Findings that are listed. */
const LISTED = 50

/** What the row's owner should know; a click goes to the token. */
export function Findings({ detail, onToken }: { detail: RowDetail; onToken: OnToken }) {
  const { examples, other, findings, firstExample } = detail
  const sides = [examples, other?.examples ?? []]
  const found: Found[] = findings.map(finding => ({ finding, at: undefined }))
  let count = findings.length
  for (const [side, list] of sides.entries()) {
    for (const [e, example] of list.entries()) {
      for (const mask of example.masks) {
        count += mask.findingCount
        for (const finding of mask.findings)
          found.push({ finding, at: toPlace(finding, example, { example: firstExample + e, side }) })
      }
    }
  }
  if (count === 0) return null
  const shown = found.slice(0, LISTED)
  return (
    <ul class="findings">
      {shown.map(({ finding, at }, f) => (
        <li key={f} class={finding.severity}>
          <b>{finding.rule}</b> {finding.text}{' '}
          {detail.advice[finding.rule] !== undefined && (
            <span class="dim">
              {detail.advice[finding.rule]!.effect} {detail.advice[finding.rule]!.fix}{' '}
            </span>
          )}
          {at !== undefined && (
            <button type="button" onClick={() => onToken(at)}>
              token {at.token}
            </button>
          )}
        </li>
      ))}
      {count > shown.length && <li class="dim">and {toThousands(count - shown.length)} more</li>}
    </ul>
  )
}

function toPlace(
  { token, startChar }: Finding,
  example: ViewExample,
  at: { readonly example: number; readonly side: number },
): Parameters<OnToken>[0] | undefined {
  if (token !== undefined) return { ...at, token }
  const { firstChar, firstToken, text } = example
  // A character outside of the window is in a token that is not here.
  if (startChar === undefined || startChar < firstChar || startChar >= firstChar + text.length)
    return undefined
  return { ...at, token: firstToken + findToken(example, startChar - firstChar) }
}
