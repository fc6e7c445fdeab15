import type { LosslineError } from '../../error.ts'
import type { TemplatePlace } from '../rendered.ts'
import { TemplateError } from '../template-error.ts'

/**
 * A template's text, and the way from a position in it to a line and column.
 *
 * Jinja2 reads `\r\n` and `\r` as `\n` and leaves out one newline at the end: `text` is what it reads. Places are told in the text as
 * it was given.
 */
export class TemplateSource {
  readonly name: string
  /** What is lexed. */
  readonly text: string
  /** Positions in `text` before which one unit of the given text was left out. */
  readonly #dropped: readonly number[]
  #lineStarts: number[] | undefined
  readonly #places: WeakMap<object, TemplatePlace> = new WeakMap()

  constructor(given: string, name: string) {
    this.name = name
    const dropped: number[] = []
    let text = given
    if (given.includes('\r')) {
      text = given.replace(/\r\n?/g, (mark, at: number) => {
        if (mark.length === 2) dropped.push(at - dropped.length)
        return '\n'
      })
    }
    this.text = text.endsWith('\n') ? text.slice(0, -1) : text
    this.#dropped = dropped
  }

  /** @param start,end positions in `text` */
  place(start: number, end: number): TemplatePlace {
    const { line, column } = this.#lineAndColumn(start)
    return { startChar: this.#given(start), endChar: this.#given(end), line, column }
  }

  /** The place of a node of the tree, which is remembered: there are only so many. */
  readonly placeOf = (node: { readonly start: number; readonly end: number }): TemplatePlace => {
    let place = this.#places.get(node)
    if (place === undefined) {
      place = this.place(node.start, node.end)
      this.#places.set(node, place)
    }
    return place
  }

  /** `name:line:column`, as errors have it. */
  where(place: TemplatePlace): string {
    return `${this.name}:${place.line}:${place.column}`
  }

  syntaxError(message: string, start: number, end: number = start + 1): LosslineError {
    const place = this.place(start, end)
    return new TemplateError('template/syntax', message, {
      where: this.where(place),
      fix: 'Correct the template.',
      place,
    })
  }

  #given(position: number): number {
    let shift = 0
    while (shift < this.#dropped.length && this.#dropped[shift]! < position) shift++
    return position + shift
  }

  #lineAndColumn(position: number): { line: number; column: number } {
    this.#lineStarts ??= findLineStarts(this.text)
    let low = 0
    let high = this.#lineStarts.length
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (this.#lineStarts[middle]! <= position) low = middle
      else high = middle
    }
    return { line: low + 1, column: position - this.#lineStarts[low]! + 1 }
  }
}

function findLineStarts(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}
