import type { Finding } from '../../mask/index.ts'
import { toThousands } from '../../page/index.ts'
import type { RowDetail, ViewExample } from '../../view/index.ts'
import type { OnToken } from './conversation.tsx'
import { toPageWords } from './page-words.ts'
import { findToken } from './tokens.ts'

type Place = Parameters<OnToken>[0]

/** What a rule says in the same words, and the places of which it says so. */
interface Found {
  readonly finding: Finding
  readonly places: Place[]
  count: number
}

/** Findings that are listed, and places of each. */
const LISTED = 50
const LISTED_PLACES = 20

/** What the row's owner should know; a click goes to the token. */
export function Findings({ detail, onToken }: { detail: RowDetail; onToken: OnToken }) {
  const { found, left } = gather(detail)
  if (found.length + left === 0) return null
  const shown = found.slice(0, LISTED)
  const more = found.slice(LISTED).reduce((sum, { count }) => sum + count, left)
  return (
    <ul class="findings">
      {shown.map(({ finding, places, count }, f) => (
        <li key={f} class={finding.severity}>
          <b>{finding.rule}</b> {toPageWords(finding.text)}{' '}
          {detail.advice[finding.rule] !== undefined && (
            <span class="dim">
              {detail.advice[finding.rule]!.effect} {toPageWords(detail.advice[finding.rule]!.fix)}{' '}
            </span>
          )}
          <span class="places">
            {places.slice(0, LISTED_PLACES).map((at, p) => (
              <button key={p} type="button" onClick={() => onToken(at)}>
                {detail.exampleCount > 1 && `example ${at.example + 1}, `}token {at.token}
              </button>
            ))}
            <span class="dim">{nameRest(count, Math.min(places.length, LISTED_PLACES))}</span>
          </span>
        </li>
      ))}
      {more > 0 && <li class="dim">and {toThousands(more)} more</li>}
    </ul>
  )
}

/** What the buttons leave out. */
function nameRest(count: number, shown: number): string {
  if (shown === 0) return count === 1 ? '' : `${toThousands(count)} times`
  return count > shown ? `and ${toThousands(count - shown)} more` : ''
}

/** Those that are here, and how many are left out of what the page was sent. */
function gather({ examples, other, findings, firstExample }: RowDetail): { found: Found[]; left: number } {
  const found = new Map<string, Found>()
  const add = (finding: Finding, at: Place | undefined): void => {
    const key = `${finding.rule} ${finding.text}`
    const one = found.get(key) ?? { finding, places: [], count: 0 }
    found.set(key, one)
    one.count++
    if (at !== undefined) one.places.push(at)
  }
  for (const finding of findings) add(finding, undefined)
  let left = 0
  for (const [side, list] of [examples, other?.examples ?? []].entries()) {
    for (const [e, example] of list.entries()) {
      for (const mask of example.masks) {
        left += mask.findingCount - mask.findings.length
        for (const finding of mask.findings)
          add(finding, toPlace(finding, example, { example: firstExample + e, side }))
      }
    }
  }
  return { found: [...found.values()], left }
}

function toPlace(
  { token, startChar }: Finding,
  example: ViewExample,
  at: { readonly example: number; readonly side: number },
): Place | undefined {
  if (token !== undefined) return { ...at, token }
  const { firstChar, firstToken, text } = example
  // A character outside of the window is in a token that is not here.
  if (startChar === undefined || startChar < firstChar || startChar >= firstChar + text.length)
    return undefined
  return { ...at, token: firstToken + findToken(example, startChar - firstChar) }
}
