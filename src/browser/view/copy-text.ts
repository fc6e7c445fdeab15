import { drawPart } from './parts.tsx'

/** What is copied is the text that the model sees: no titles, no line breaks of the page; of two columns the one where the selection began. */
export function copyTrueText(event: ClipboardEvent): void {
  const selection = document.getSelection()
  if (selection === null || selection.isCollapsed) return
  for (const part of document.querySelectorAll('.part'))
    if (selection.containsNode(part, true)) drawPart(part)
  const parts: string[] = []
  for (let r = 0; r < selection.rangeCount; r++) {
    const range = selection.getRangeAt(r)
    const copied = range.cloneContents()
    for (const title of copied.querySelectorAll('[data-skip]')) title.remove()
    const [first] = copied.querySelectorAll<HTMLElement>('[data-side]')
    const side = sideOf(selection.anchorNode) ?? first?.dataset['side']
    for (const cell of copied.querySelectorAll<HTMLElement>('[data-side]'))
      if (side !== undefined && cell.dataset['side'] !== side) cell.remove()
    parts.push(copied.textContent ?? '')
  }
  event.clipboardData?.setData('text/plain', parts.join(''))
  event.preventDefault()
}

function sideOf(node: Node | null): string | undefined {
  const element = node instanceof Element ? node : node?.parentElement
  return element?.closest<HTMLElement>('[data-side]')?.dataset['side']
}
