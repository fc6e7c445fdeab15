import type { Finding } from '../../mask/index.ts'
import type { RowDetail } from '../../view/index.ts'
import { findToken } from './tokens.ts'

/** What the row's owner should know; a click goes to the token. */
export function Findings({
  detail,
  onToken,
}: {
  detail: RowDetail
  onToken: (example: number, token: number) => void
}) {
  const ofMasks = detail.examples.flatMap((example, e) =>
    example.masks.flatMap(({ findings }) =>
      findings.map(finding => ({ finding, e, token: toToken(finding, example) })),
    ),
  )
  const found = [...detail.findings.map(finding => ({ finding, e: 0, token: undefined })), ...ofMasks]
  if (found.length === 0) return null
  return (
    <ul class="findings">
      {found.slice(0, 50).map(({ finding, e, token }, f) => (
        <li key={f} class={finding.severity}>
          <b>{finding.rule}</b> {finding.text}{' '}
          {token !== undefined && (
            <button type="button" onClick={() => onToken(e, token)}>
              token {token}
            </button>
          )}
        </li>
      ))}
      {found.length > 50 && <li class="dim">and {found.length - 50} more</li>}
    </ul>
  )
}

function toToken({ token, startChar }: Finding, example: RowDetail['examples'][number]): number | undefined {
  return token ?? (startChar === undefined ? undefined : findToken(example, startChar))
}
