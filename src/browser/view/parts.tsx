import { useLayoutEffect, useRef } from 'preact/hooks'
import { escapeHtml, toSpansHtml } from '../../page/index.ts'
import type { ViewBlock } from '../../view/index.ts'
import type { Column } from './columns.ts'
import { findRun } from './tokens.ts'

/** Tokens after which a new line begins a part of its own, so that what is out of sight costs nothing. */
const PART_TOKENS = 250
/** Tokens of a part, also where no line ends. */
const MAX_PART_TOKENS = 500
/** Parts of a block that are drawn at once; the others when there is time, or something asks for them. */
const FIRST_PARTS = 6

/** A stretch of tokens, drawn when it is needed. */
interface Part {
  readonly firstToken: number
  readonly endToken: number
  readonly html: () => string
}

/** What draws a part that is not drawn yet. */
const undrawn = new WeakMap<Element, () => void>()

/** The tokens of a block. */
export function TokenParts({ column, block }: { column: Column; block: ViewBlock }) {
  const box = useRef<HTMLPreElement>(null)
  useLayoutEffect(() => {
    const parts = toParts(column, block)
    const elements = parts.map(part => makeElement(part, parts.length))
    box.current!.replaceChildren(...elements)
    elements.slice(0, FIRST_PARTS).forEach(drawPart)
    return drawLater(elements.slice(FIRST_PARTS))
  }, [column, block])
  return <pre ref={box} />
}

function makeElement({ firstToken, endToken, html }: Part, count: number): HTMLElement {
  const element = document.createElement('div')
  element.className = 'part'
  element.dataset['first'] = String(firstToken)
  element.dataset['end'] = String(endToken)
  // Before it is drawn it takes about the place that it will take, so that nothing jumps.
  if (count > FIRST_PARTS)
    element.style.containIntrinsicSize = `auto ${Math.ceil((endToken - firstToken) / 16) * 1.5}rem`
  undrawn.set(element, () => {
    element.innerHTML = html()
  })
  return element
}

/** @returns what ends the drawing */
function drawLater(elements: readonly Element[]): () => void {
  let next = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  const step = (): void => {
    const end = performance.now() + 8
    while (next < elements.length && performance.now() < end) drawPart(elements[next++]!)
    if (next < elements.length) timer = setTimeout(step, 16)
  }
  if (elements.length > 0) timer = setTimeout(step, 50)
  return () => clearTimeout(timer)
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
    parts.push({
      firstToken: start,
      endToken: stop,
      html: () => toSpansHtml(example, [start, stop], lookOf) + escapeHtml(rest),
    })
    first = end
  }
  return parts
}
