import { useLayoutEffect, useRef } from 'preact/hooks'
import { escapeHtml, toSpansHtml } from '../../page/index.ts'
import type { ViewBlock } from '../../view/index.ts'
import type { Column } from './columns.ts'
import { findRun } from './tokens.ts'

/** Tokens after which a new line begins a part of its own, so that what is out of sight costs nothing. */
const PART_TOKENS = 120
/** Tokens of a part, also where no line ends. */
const MAX_PART_TOKENS = 240
/** Tokens of an example that are drawn at once, and laid out in sight or not. */
const FEW_TOKENS = 2000
/** What is nearer to sight than this is drawn. */
const MARGIN = '1500px'

/** A stretch of tokens, drawn when it is needed. */
interface Part {
  readonly firstToken: number
  readonly endToken: number
  /** What the model sees: it stands there until the tokens are drawn, so that it is found, selected and copied all the same. */
  readonly text: string
  readonly html: () => string
}

/** What draws a part that is not drawn yet. */
const undrawn = new WeakMap<Element, () => void>()

/** The tokens of a block. */
export function TokenParts({ column, block }: { column: Column; block: ViewBlock }) {
  const box = useRef<HTMLPreElement>(null)
  useLayoutEffect(() => {
    const isLong = column.example.ids.length > FEW_TOKENS
    const elements = toParts(column, block).map(part => makeElement(part, isLong))
    box.current!.replaceChildren(...elements)
    // What stands first is seen first, and not as plain text for a moment.
    elements.filter((_, p) => !isLong || (p === 0 && block.firstToken < FEW_TOKENS)).forEach(drawPart)
    return drawInSight(
      elements.filter(element => undrawn.has(element)),
      box.current!,
    )
  }, [column, block])
  return <pre ref={box} />
}

function makeElement({ firstToken, endToken, text, html }: Part, isLong: boolean): HTMLElement {
  const element = document.createElement('div')
  element.className = isLong ? 'part long' : 'part'
  element.dataset['first'] = String(firstToken)
  element.dataset['end'] = String(endToken)
  // Before it is laid out it takes about the place that it will take, so that nothing jumps.
  if (isLong) element.style.containIntrinsicSize = `auto ${1.75 * guessLines(text)}em`
  element.textContent = text
  undrawn.set(element, () => {
    element.innerHTML = html()
  })
  return element
}

/** Of 80 characters each. */
function guessLines(text: string): number {
  let lines = 0
  for (const line of text.replace(/\n$/, '').split('\n')) lines += Math.max(1, Math.ceil(line.length / 80))
  return lines
}

/** @returns what ends the drawing */
function drawInSight(elements: readonly Element[], box: Element): () => void {
  if (elements.length === 0) return () => {}
  const observer = new IntersectionObserver(
    entries => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) continue
        drawPart(target)
        observer.unobserve(target)
      }
    },
    { root: box.closest('main'), rootMargin: `${MARGIN} 0px` },
  )
  for (const element of elements) observer.observe(element)
  // On paper all is in sight.
  const drawAll = (): void => elements.forEach(drawPart)
  addEventListener('beforeprint', drawAll)
  return () => {
    observer.disconnect()
    removeEventListener('beforeprint', drawAll)
  }
}

/** Draws a part, unless it is drawn. */
export function drawPart(element: Element): void {
  undrawn.get(element)?.()
  undrawn.delete(element)
}

/** The element that a token is drawn in; its part is drawn for it. Tokens that are parts of one character have one, under the first's index. */
export function findTokenElement(box: HTMLElement, side: number, token: number): Element | null {
  for (const part of box.querySelectorAll<HTMLElement>(`[data-side="${side}"] .part`)) {
    const { first, end } = part.dataset
    if (token < Number(first) || token >= Number(end)) continue
    drawPart(part)
    for (let t = token; t >= Math.max(0, token - 8); t--) {
      const element = part.querySelector(`[data-t="${t}"]`)
      if (element !== null) return element
    }
  }
  return null
}

function toParts({ example, masks, different }: Column, { firstToken, endToken }: ViewBlock): Part[] {
  const { text, ends } = example
  const lookOf = (t: number) => ({ weight: findRun(masks[0]!, t).weight, isDifferent: different?.[t] === 1 })
  const parts: Part[] = []
  for (let first = firstToken; first < endToken; ) {
    let end = Math.min(endToken, first + PART_TOKENS)
    const limit = Math.min(endToken, first + MAX_PART_TOKENS)
    // Tokens that are parts of one character stay together.
    const isBreak = (): boolean => text[ends[end - 1]! - 1] === '\n'
    while (end < limit && !isBreak()) end++
    while (end < endToken && ends[end] === ends[end - 1]) end++
    const [start, stop] = [first, end]
    // Characters behind the last token are in none.
    const rest = stop === example.ids.length ? text.slice(ends[stop - 1] ?? 0) : ''
    const startChar = start === 0 ? 0 : ends[start - 1]!
    parts.push({
      firstToken: start,
      endToken: stop,
      text: text.slice(startChar, Math.max(startChar, ends[stop - 1] ?? 0)) + rest,
      html: () => toSpansHtml(example, [start, stop], lookOf) + escapeHtml(rest),
    })
    first = end
  }
  return parts
}
