import { useEffect, useMemo, useRef } from 'preact/hooks'
import { REASONS, SOURCES } from '../../mask/index.ts'
import type { ViewExample, ViewMask } from '../../view/index.ts'
import { findPiece, findRun } from './tokens.ts'

export interface TokenDetailsProps {
  readonly example: ViewExample
  /** In the example's window. */
  readonly token: number
  readonly template: string | undefined
  /** The same token on the other side of a comparison; undefined where nothing is compared. */
  readonly other:
    | { readonly name: string; readonly mask: ViewMask | undefined; readonly token: number }
    | undefined
}

/** All that is known of a token: what it is, whose, why it is trained or not, and what wrote it. */
export function TokenDetails({ example, token, template, other }: TokenDetailsProps) {
  const { ids, starts, ends, names, text, roles, masks, firstToken, firstChar } = example
  const run = findRun(masks[0]!, token)
  const piece = findPiece(example, token)
  const index = firstToken + token
  const findings = masks.flatMap(mask => mask.findings).filter(finding => finding.token === index)
  return (
    <aside class="details" aria-label="Token" data-token={index}>
      <div aria-live="polite">
        <h2>
          Token {index} <code>{JSON.stringify(text.slice(starts[token], ends[token]))}</code>
        </h2>
        <dl>
          <dt>id</dt>
          <dd>
            {ids[token]} <code>{names[token]}</code>
          </dd>
          <dt>characters</dt>
          <dd>
            {firstChar + starts[token]!} to {firstChar + ends[token]!}
          </dd>
          <dt>message</dt>
          <dd>{run.message === -1 ? 'none' : `${run.message} (${roles[run.message] ?? '?'})`}</dd>
          {masks.map((mask, m) => (
            <MaskOfToken key={m} mask={mask} token={token} isOnly={masks.length === 1} />
          ))}
          {other !== undefined && <OtherOfToken other={other} />}
          <dt>source</dt>
          <dd>
            {SOURCES[run.source]}
            {piece !== undefined && piece.source !== SOURCES[run.source] && (
              <>
                {' '}
                <code>{piece.source}</code>
              </>
            )}
          </dd>
          {piece !== undefined && template !== undefined && (
            <>
              <dt>written by</dt>
              <dd>
                template {piece.line}:{piece.column}
              </dd>
            </>
          )}
        </dl>
        {findings.map(({ rule, text }, f) => (
          <p class="warn" key={f}>
            {rule}: {text}
          </p>
        ))}
      </div>
      {template !== undefined && <TemplateSource source={template} lit={piece} />}
    </aside>
  )
}

function MaskOfToken({
  mask,
  token,
  isOnly,
}: {
  mask: ViewExample['masks'][number]
  token: number
  isOnly: boolean
}) {
  const { weight, reason } = findRun(mask, token)
  const isTrained = weight === 0 ? 'not trained' : weight === 1 ? 'trained' : `trained, weight ${weight}`
  return (
    <>
      <dt>{isOnly ? 'loss' : mask.strategy}</dt>
      <dd>
        <b class={weight === 0 ? '' : 'trained'}>{isTrained}</b>: {REASONS[reason]}
      </dd>
    </>
  )
}

function OtherOfToken({ other }: { other: NonNullable<TokenDetailsProps['other']> }) {
  const { name, mask, token } = other
  if (mask !== undefined)
    return <MaskOfToken mask={{ ...mask, strategy: name }} token={token} isOnly={false} />
  return (
    <>
      <dt>{name}</dt>
      <dd>has no such token</dd>
    </>
  )
}

/** The template, with the node lit up that wrote a token. */
function TemplateSource({
  source,
  lit,
}: {
  source: string
  lit: { readonly writerStartChar: number; readonly writerEndChar: number } | undefined
}) {
  const box = useRef<HTMLPreElement>(null)
  const [start, end] = [lit?.writerStartChar ?? 0, lit?.writerEndChar ?? 0]
  const [before, node, after] = useMemo(
    () => [source.slice(0, start), source.slice(start, end), source.slice(end)],
    [source, start, end],
  )
  useEffect(() => {
    const mark = box.current?.querySelector('mark')
    if (mark == null || box.current === null) return
    box.current.scrollTop = mark.offsetTop - box.current.clientHeight / 3
  }, [start, end, source])
  return (
    <>
      <h2>Template</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and keys have to reach it */}
      <pre ref={box} class="template" tabIndex={0}>
        {before}
        {node !== '' && <mark>{node}</mark>}
        {after}
      </pre>
    </>
  )
}
