import { useEffect, useMemo, useRef } from 'preact/hooks'
import { toCount, toPercent, toThousands } from '../../page/index.ts'
import {
  addDifference,
  type Difference,
  type RowDetail,
  type ViewBlock,
  type ViewSettings,
} from '../../view/index.ts'
import type { Place } from './address.ts'
import {
  type Column,
  countIn,
  findCounterpart,
  isInWindow,
  type Layout,
  nameDifference,
  nameSides,
  toLayouts,
  zipBlocks,
} from './columns.ts'
import { copyTrueText } from './copy-text.ts'
import { findTokenElement, TokenParts } from './parts.tsx'
import { stepToken } from './tokens.ts'

/** A token of the row: of an example's side, counted from the example's first. */
export type OnToken = (at: {
  readonly example: number
  readonly side: number
  readonly token: number
}) => void

export interface ConversationProps {
  readonly detail: RowDetail
  readonly settings: ViewSettings
  readonly place: Place
  readonly onToken: OnToken
  /** Without a token the pointer has left. */
  readonly onHover: (at: Parameters<OnToken>[0] | undefined) => void
  /** Undefined where nothing can be rendered. */
  readonly onPrompt: ((message: number) => void) | undefined
}

/** A row's examples, turn by turn, every token tinted by its weight; two sides in two columns, or laid over each other. */
export function Conversation({ detail, settings, place, onToken, onHover, onPrompt }: ConversationProps) {
  const layouts = useMemo(() => toLayouts(detail, settings.isSideBySide), [detail, settings.isSideBySide])
  return (
    <div class="conversation" onCopy={copyTrueText}>
      {layouts.map(layout => (
        <Example
          key={layout.index}
          layout={layout}
          names={nameSides(settings)}
          count={detail.exampleCount}
          place={place.example === layout.index ? place : undefined}
          onToken={onToken}
          onHover={onHover}
          onPrompt={onPrompt}
        />
      ))}
      <More detail={detail} onToken={onToken} />
    </div>
  )
}

/** Examples that are not shown: a row of thousands is shown in parts. */
function More({ detail, onToken }: Pick<ConversationProps, 'detail' | 'onToken'>) {
  const { firstExample, examples, other, exampleCount } = detail
  const end = firstExample + Math.max(examples.length, other?.examples.length ?? 0)
  if (firstExample === 0 && end === exampleCount) return null
  const go = (example: number): void => onToken({ example, side: 0, token: 0 })
  return (
    <p class="window">
      Examples {toThousands(firstExample + 1)} to {toThousands(end)} of {toThousands(exampleCount)}.{' '}
      {firstExample > 0 && (
        <button type="button" onClick={() => go(firstExample - 1)}>
          Earlier ones
        </button>
      )}{' '}
      {end < exampleCount && (
        <button type="button" onClick={() => go(end)}>
          Later ones
        </button>
      )}
    </p>
  )
}

interface ExampleProps extends Pick<ConversationProps, 'onToken' | 'onHover' | 'onPrompt'> {
  readonly layout: Layout
  readonly names: readonly [string, string]
  readonly count: number
  readonly place: Place | undefined
}

function Example({ layout, names, count, place, onToken, onHover, onPrompt }: ExampleProps) {
  const { index, columns } = layout
  const box = useRef<HTMLElement>(null)
  const rows = useMemo(() => zipBlocks(columns), [columns])
  useEffect(() => markToken(box.current!, layout, place), [place?.token, place?.side, rows])

  const placeAt = (event: Event): Parameters<OnToken>[0] | undefined => {
    const element = (event.target as Element).closest<HTMLElement>('[data-t]')
    if (element === null) return undefined
    const side = Number(element.closest<HTMLElement>('[data-side]')?.dataset['side'] ?? 0)
    const { example } = columns.find(column => column.side === side) ?? columns[0]!
    return { example: index, side, token: example.firstToken + Number(element.dataset['t']) }
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return
    const next = toNextPlace(layout, place, event.key)
    if (next === undefined) return
    event.preventDefault()
    onToken({ example: index, ...next })
  }
  return (
    // biome-ignore lint/a11y/useKeyWithMouseEvents: what hovering shows, the arrow keys show
    <section
      ref={box}
      class="example"
      aria-label={`Tokens of example ${index + 1} of ${count}: the arrow keys walk`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it takes the arrow keys
      tabIndex={0}
      onClick={event => {
        const clicked = placeAt(event)
        if (clicked !== undefined) onToken(clicked)
      }}
      onMouseOver={event => onHover(placeAt(event))}
      onMouseLeave={() => onHover(undefined)}
      onKeyDown={onKeyDown}
    >
      <ExampleTitle layout={layout} names={names} count={count} onToken={onToken} />
      <div class={columns.length === 2 ? 'turns two' : 'turns'}>
        {rows.flatMap((blocks, r) =>
          blocks.map((block, c) =>
            block === undefined ? (
              <div class="turn none" key={`${r}/${c}`} data-skip>
                not written here
              </div>
            ) : (
              <div class="turn" key={`${r}/${c}`} data-side={columns[c]!.side}>
                <TurnTitle
                  column={columns[c]!}
                  isOne={columns.length === 1}
                  block={block}
                  onPrompt={onPrompt}
                />
                <TokenParts column={columns[c]!} block={block} />
              </div>
            ),
          ),
        )}
      </div>
    </section>
  )
}

/** Where a key leads; undefined for a key that leads nowhere. */
function toNextPlace(
  layout: Layout,
  place: Place | undefined,
  key: string,
): { readonly side: number; readonly token: number } | undefined {
  const side = place?.side ?? 0
  const { example } = layout.columns.find(column => column.side === side) ?? layout.columns[0]!
  const isThere = place?.token !== undefined && isInWindow(example, place.token)
  const token = isThere ? place.token - example.firstToken : 0
  if (key === 'x' && layout.columns.length === 2) {
    const other = layout.columns.find(column => column.side !== side)!
    let at = token
    // From a token that the other side has not, to the last one before it that it has.
    while (at > 0 && findCounterpart(layout, side, at) === undefined) at--
    return { side: 1 - side, token: other.example.firstToken + (findCounterpart(layout, side, at) ?? 0) }
  }
  if (!/^(Arrow|Home$|End$)/.test(key)) return undefined
  if (!isThere) return { side, token: example.firstToken }
  const { firstToken, ids, tokenCount } = example
  if (key === 'Home') return { side, token: 0 }
  if (key === 'End') return { side, token: tokenCount - 1 }
  const next = stepToken(example, token, key)
  const isStuck = next === token
  if (isStuck && token === 0 && firstToken > 0) return { side, token: firstToken - 1 }
  if (isStuck && token === ids.length - 1 && firstToken + ids.length < tokenCount)
    return { side, token: firstToken + ids.length }
  return { side, token: firstToken + next }
}

interface ExampleTitleProps extends Pick<ExampleProps, 'layout' | 'names' | 'count' | 'onToken'> {}

function ExampleTitle({ layout, names, count, onToken }: ExampleTitleProps) {
  const { index, columns, difference } = layout
  const { example } = columns[0]!
  const which =
    count === 1
      ? ''
      : `Example ${index + 1} of ${count}${example.turn === undefined ? '' : `, trains message ${example.turn}`}. `
  const isOne = columns.length === 1
  return (
    <div data-skip>
      <p class="example-title">
        {which}
        {isOne && (
          <>
            {toCount(example.tokenCount, 'token')}.{' '}
            {example.masks.map(({ strategy, trained }, m) => (
              <span key={m}>
                {m > 0 && ', '}
                {strategy}: {toThousands(trained)} trained ({toPercent(trained, example.tokenCount)})
              </span>
            ))}
            {difference && '. '}
          </>
        )}
        {difference && <NamedDifference difference={difference} column={columns[0]!} isOne={isOne} />}
      </p>
      {!isOne && (
        <div class="turns two side-titles">
          {columns.map(({ side, example, masks }) => (
            <p key={side}>
              <b>{names[side]}</b> {toCount(example.tokenCount, 'token')}, {masks[0]!.strategy}:{' '}
              {toThousands(masks[0]!.trained)} trained ({toPercent(masks[0]!.trained, example.tokenCount)})
            </p>
          ))}
        </div>
      )}
      <Window
        column={columns[0]!}
        onToken={token => onToken({ example: index, side: columns[0]!.side, token })}
      />
    </div>
  )
}

/** How many tokens the sides do not agree on, and how that is drawn. */
function NamedDifference({
  difference,
  column,
  isOne,
}: {
  difference: Difference
  column: Column
  isOne: boolean
}) {
  const count = addDifference(difference)
  if (count === 0) return <>No token differs.</>
  const how = isOne ? `: framed; coloured is what ${column.masks[0]!.strategy} trains.` : ', framed.'
  return (
    <>
      <b class="differences">{nameDifference(difference)}</b>
      {how}
    </>
  )
}

/** Which part of a long example is shown, and the way to the others. */
function Window({ column, onToken }: { column: Column; onToken: (token: number) => void }) {
  const { firstToken, ids, tokenCount } = column.example
  const end = firstToken + ids.length
  if (ids.length === tokenCount) return null
  return (
    <p class="window">
      Tokens {toThousands(firstToken)} to {toThousands(end - 1)} of {toThousands(tokenCount)}.{' '}
      {firstToken > 0 && (
        <button type="button" onClick={() => onToken(firstToken - 1)}>
          Earlier ones
        </button>
      )}{' '}
      {end < tokenCount && (
        <button type="button" onClick={() => onToken(end)}>
          Later ones
        </button>
      )}
    </p>
  )
}

interface TurnTitleProps extends Pick<ExampleProps, 'onPrompt'> {
  readonly column: Column
  readonly isOne: boolean
  readonly block: ViewBlock
}

function TurnTitle({ column, isOne, block, onPrompt }: TurnTitleProps) {
  const { message, isContinued, firstToken, endToken } = block
  const role = column.example.roles[message]
  const different = countIn(column.different, block)
  return (
    <h3 data-skip>
      <span>
        {!isOne && <i>{column.side === 0 ? 'left' : 'right'}</i>}
        {role === undefined ? 'no message' : `${message} ${role}`}
        {isContinued && ' (continued)'}
      </span>
      <span class="dim">
        {different > 0 && <b class="differences">{toThousands(different)} different · </b>}
        {toCount(endToken - firstToken, 'token')}
      </span>
      {role === 'assistant' && onPrompt !== undefined && column.side === 0 && (
        <button type="button" onClick={() => onPrompt(message)}>
          At inference
        </button>
      )}
    </h3>
  )
}

function markToken(box: HTMLElement, { columns }: Layout, place: Place | undefined): void {
  for (const marked of box.querySelectorAll('.at')) marked.classList.remove('at')
  if (place?.token === undefined) return
  const column = columns.find(({ side }) => side === place.side) ?? columns[0]!
  const token = place.token - column.example.firstToken
  const element = findTokenElement(box, column.side, token)
  element?.classList.add('at')
  element?.scrollIntoView({ block: 'nearest' })
}
