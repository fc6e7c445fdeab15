import { toThousands } from '../../page/index.ts'
import type { Found, RowDetail } from '../../view/index.ts'
import type { OnToken } from './conversation.tsx'
import { toPageWords } from './page-words.ts'

export interface FindingsProps {
  readonly detail: RowDetail
  /** What the two sides are called. */
  readonly sides: readonly string[]
  readonly onToken: OnToken
}

/** What the row's owner should know; a click goes to the token. */
export function Findings({ detail, sides, onToken }: FindingsProps) {
  const { found, advice, exampleCount } = detail
  if (found.length === 0) return null
  return (
    <ul class="findings">
      {found.map(({ rule, severity, text, side, places, count }, f) => (
        <li key={f} class={severity}>
          {side !== undefined && <i>{sides[side]}: </i>}
          <b>{rule}</b> {text === undefined ? 'in other words.' : toPageWords(text)}{' '}
          {advice[rule] !== undefined && (
            <span class="dim">
              {advice[rule]!.effect} {toPageWords(advice[rule]!.fix)}{' '}
            </span>
          )}
          <span class="places">
            {places.map((at, p) => (
              <button key={p} type="button" onClick={() => onToken(at)}>
                {exampleCount > 1 && `example ${at.example + 1}, `}token {at.token}
              </button>
            ))}
            <span class="dim">{nameRest(count, places)}</span>
          </span>
        </li>
      ))}
    </ul>
  )
}

/** What the buttons leave out. */
function nameRest(count: number, { length }: Found['places']): string {
  if (length === 0) return count === 1 ? '' : `${toThousands(count)} times`
  return count > length ? `and ${toThousands(count - length)} more` : ''
}
