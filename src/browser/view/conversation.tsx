import { useEffect, useMemo, useRef } from 'preact/hooks'
import { escapeHtml, toPercent, toSpansHtml, toThousands } from '../../page/index.ts'
import type { RowDetail, ViewBlock, ViewExample } from '../../view/index.ts'
import type { Place } from './address.ts'
import { findRun, stepToken } from './tokens.ts'

/** Tokens after which a new line begins a part of its own, so that what is out of sight costs nothing. */
const PART_TOKENS = 1000

export interface ConversationProps {
  readonly detail: RowDetail
  readonly place: Place
  readonly onToken: (example: number, token: number) => void
  readonly onHover: (example: number, token: number | undefined) => void
  /** Undefined where nothing can be rendered. */
  readonly onPrompt: ((message: number) => void) | undefined
}

/** A row's examples, turn by turn, every token tinted by its weight. */
export function Conversation({ detail, place, onToken, onHover, onPrompt }: ConversationProps) {
  return (
    <div class="conversation" onCopy={copyTrueText}>
      {detail.examples.map((example, e) => (
        <Example
          key={e}
          index={e}
          count={detail.examples.length}
          example={example}
          token={place.example === e ? place.token : undefined}
          onToken={onToken}
          onHover={onHover}
          onPrompt={onPrompt}
        />
      ))}
    </div>
  )
}

interface ExampleProps extends Pick<ConversationProps, 'onToken' | 'onHover' | 'onPrompt'> {
  readonly index: number
  readonly count: number
  readonly example: ViewExample
  readonly token: number | undefined
}

function Example({ index, count, example, token, onToken, onHover, onPrompt }: ExampleProps) {
  const box = useRef<HTMLElement>(null)
  const blocks = useMemo(() => example.blocks.map(block => toBlockHtml(example, block)), [example])
  useEffect(() => markToken(box.current!, token), [token, blocks])

  const tokenAt = (event: Event): number | undefined => {
    const element = (event.target as Element).closest<HTMLElement>('[data-t]')
    return element === null ? undefined : Number(element.dataset['t'])
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const isStep = /^(Arrow|Home$|End$)/.test(event.key)
    if (!isStep || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return
    event.preventDefault()
    onToken(index, token === undefined ? 0 : stepToken(example, token, event.key))
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
        const clicked = tokenAt(event)
        if (clicked !== undefined) onToken(index, clicked)
      }}
      onMouseOver={event => onHover(index, tokenAt(event))}
      onMouseLeave={() => onHover(index, undefined)}
      onKeyDown={onKeyDown}
    >
      <ExampleTitle example={example} index={index} count={count} />
      {example.blocks.map((block, b) => (
        <div class="turn" key={b}>
          <TurnTitle example={example} block={block} onPrompt={onPrompt} />
          <pre dangerouslySetInnerHTML={{ __html: blocks[b]! }} />
        </div>
      ))}
    </section>
  )
}

function ExampleTitle({ example, index, count }: { example: ViewExample; index: number; count: number }) {
  const tokens = example.ids.length
  const which =
    count === 1
      ? ''
      : `Example ${index + 1} of ${count}${example.turn === undefined ? '' : `, trains message ${example.turn}`}. `
  return (
    <p class="example-title" data-skip>
      {which}
      {toThousands(tokens)} tokens.{' '}
      {example.masks.map(({ strategy, trained }, m) => (
        <span key={m} class={`strategy s${m}`}>
          {strategy}: {toThousands(trained)} trained ({toPercent(trained, tokens)}){' '}
        </span>
      ))}
      {example.masks.length === 2 && (
        <>
          <b class="differences">{toThousands(countDifferent(example, 0, tokens))} different</b>: framed;
          coloured is what {example.masks[0]!.strategy} trains.
        </>
      )}
    </p>
  )
}

function TurnTitle({
  example,
  block,
  onPrompt,
}: {
  example: ViewExample
  block: ViewBlock
  onPrompt: ExampleProps['onPrompt']
}) {
  const { message, isContinued, firstToken, endToken } = block
  const role = example.roles[message]
  const different = example.masks.length === 2 ? countDifferent(example, firstToken, endToken) : 0
  return (
    <h3 data-skip>
      <span>
        {role === undefined ? 'no message' : `${message} ${role}`}
        {isContinued && ' (continued)'}
      </span>
      <span class="dim">
        {different > 0 && <b class="differences">{toThousands(different)} different · </b>}
        {toThousands(endToken - firstToken)} tokens
      </span>
      {role === 'assistant' && onPrompt !== undefined && (
        <button type="button" onClick={() => onPrompt(message)}>
          At inference
        </button>
      )}
    </h3>
  )
}

function toBlockHtml(example: ViewExample, { firstToken, endToken }: ViewBlock): string {
  const { masks, text, ends } = example
  const lookOf = (t: number) => {
    const weights = masks.map(mask => findRun(mask, t).weight)
    return { weight: weights[0]!, isDifferent: weights.some(weight => weight !== weights[0]) }
  }
  const parts: string[] = []
  for (let first = firstToken; first < endToken; ) {
    let end = Math.min(endToken, first + PART_TOKENS)
    while (end < endToken && text[ends[end - 1]! - 1] !== '\n') end++
    parts.push(`<div class="part">${toSpansHtml(example, [first, end], lookOf)}</div>`)
    first = end
  }
  const isLast = endToken === example.ids.length
  const rest = isLast ? text.slice(ends[endToken - 1] ?? 0) : ''
  return parts.join('') + escapeHtml(rest)
}

function countDifferent(
  { masks: [first, second] }: ViewExample,
  firstToken: number,
  endToken: number,
): number {
  let count = 0
  for (let t = firstToken; t < endToken; ) {
    const [a, b] = [findRun(first!, t), findRun(second!, t)]
    const end = Math.min(endToken, a.endToken, b.endToken)
    if (a.weight !== b.weight) count += end - t
    t = end
  }
  return count
}

function markToken(box: HTMLElement, token: number | undefined): void {
  for (const marked of box.querySelectorAll('.at')) marked.classList.remove('at')
  if (token === undefined) return
  const element = findTokenElement(box, token)
  element?.classList.add('at')
  element?.scrollIntoView({ block: 'nearest' })
}

/** Tokens that are parts of one character have one element, under the first one's index. */
function findTokenElement(box: HTMLElement, token: number): Element | null {
  for (let t = token; t >= Math.max(0, token - 8); t--) {
    const element = box.querySelector(`[data-t="${t}"]`)
    if (element !== null) return element
  }
  return null
}

/** What is copied is the text that the model sees: no titles, no line breaks of the page. */
function copyTrueText(event: ClipboardEvent): void {
  const selection = document.getSelection()
  if (selection === null || selection.isCollapsed) return
  const parts: string[] = []
  for (let r = 0; r < selection.rangeCount; r++) {
    const copied = selection.getRangeAt(r).cloneContents()
    for (const title of copied.querySelectorAll('[data-skip]')) title.remove()
    parts.push(copied.textContent ?? '')
  }
  event.clipboardData?.setData('text/plain', parts.join(''))
  event.preventDefault()
}
