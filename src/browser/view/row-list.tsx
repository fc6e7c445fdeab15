import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { toCount, toPercent, toThousands } from '../../page/index.ts'
import type { RowColumns, RowHead } from '../../view/index.ts'

/** Pixels of an item. */
const ITEM = 60
/** Browsers draw nothing beyond some ten million pixels: longer lists scroll faster. */
const MAX_HEIGHT = 8e6

export interface RowListProps {
  /** The rows that are listed. */
  readonly rows: Uint32Array
  readonly columns: RowColumns
  readonly heads: HeadCache
  readonly chosen: number
  readonly onChoose: (row: number) => void
  /** Enter: on to the tokens. */
  readonly onEnter: () => void
  /** Changes when the columns have. */
  readonly version: number
}

/** Beginnings of rows, asked for when they come into sight. */
export class HeadCache {
  readonly #heads = new Map<number, RowHead>()
  readonly #ask: (rows: readonly number[]) => Promise<readonly RowHead[]>
  readonly #asked = new Set<number>()

  constructor(ask: (rows: readonly number[]) => Promise<readonly RowHead[]>) {
    this.#ask = ask
  }

  get(row: number): RowHead | undefined {
    return this.#heads.get(row)
  }

  /** @returns whether something new has come */
  async load(rows: readonly number[]): Promise<boolean> {
    const missing = rows.filter(row => !this.#heads.has(row) && !this.#asked.has(row))
    if (missing.length === 0) return false
    for (const row of missing) this.#asked.add(row)
    if (this.#heads.size > 5000) this.#heads.clear()
    for (const head of await this.#ask(missing)) this.#heads.set(head.row, head)
    for (const row of missing) this.#asked.delete(row)
    return true
  }
}

/** All rows of a file, of which only those in sight are drawn. */
export function RowList({ rows, columns, heads, chosen, onChoose, onEnter, version }: RowListProps) {
  const box = useRef<HTMLDivElement>(null)
  const [view, setView] = useState({ top: 0, height: 600 })
  const [, setLoads] = useState(0)
  const whole = rows.length * ITEM
  const height = Math.min(whole, MAX_HEIGHT)
  const scale = height > view.height ? (whole - view.height) / (height - view.height) : 1
  const first = Math.max(0, Math.floor((view.top * scale) / ITEM) - 4)
  const end = Math.min(rows.length, first + Math.ceil(view.height / ITEM) + 9)
  const shown = rows.subarray(first, end)
  const at = indexOf(rows, chosen)

  useLayoutEffect(() => {
    const element = box.current!
    const measure = (): void => setView({ top: element.scrollTop, height: element.clientHeight })
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    element.addEventListener('scroll', measure, { passive: true })
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', measure)
    }
  }, [])
  useEffect(() => {
    let isOpen = true
    void heads.load([...shown]).then(isNew => isOpen && isNew && setLoads(loads => loads + 1))
    return () => {
      isOpen = false
    }
  }, [heads, first, end, rows])
  useEffect(() => {
    if (at === -1) return
    const element = box.current!
    const top = (at * ITEM) / scale
    if (top < element.scrollTop) element.scrollTop = top
    else if (top + ITEM > element.scrollTop + element.clientHeight)
      element.scrollTop = top + ITEM - element.clientHeight
  }, [at, rows])

  const onKeyDown = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(view.height / ITEM) - 1)
    const steps: Readonly<Record<string, number>> = {
      ...{ ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page },
      ...{ Home: -rows.length, End: rows.length },
    }
    if (event.key === 'Enter') onEnter()
    else if (steps[event.key] === undefined) return
    else {
      const next = Math.min(rows.length - 1, Math.max(0, at + steps[event.key]!))
      if (rows[next] !== undefined) onChoose(rows[next])
    }
    event.preventDefault()
  }

  return (
    <div
      ref={box}
      class="rows"
      role="listbox"
      tabIndex={0}
      aria-label="Rows"
      aria-activedescendant={at === -1 ? undefined : `row-${chosen}`}
      onKeyDown={onKeyDown}
      data-version={version}
    >
      <div class="rows-all" style={{ height: `${height}px` }}>
        {[...shown].map((row, i) => (
          <RowItem
            key={row}
            row={row}
            top={view.top + (first + i) * ITEM - view.top * scale}
            head={heads.get(row)}
            counts={columns.counts(row)}
            place={[first + i + 1, rows.length]}
            isChosen={row === chosen}
            onChoose={onChoose}
          />
        ))}
      </div>
    </div>
  )
}

interface RowItemProps {
  readonly row: number
  readonly top: number
  readonly head: RowHead | undefined
  readonly counts: ReturnType<RowColumns['counts']>
  readonly place: readonly [number, number]
  readonly isChosen: boolean
  readonly onChoose: (row: number) => void
}

function RowItem({ row, top, head, counts, place, isChosen, onChoose }: RowItemProps) {
  const share = counts === undefined || counts.tokens === 0 ? 0 : counts.trained / counts.tokens
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list itself takes the keys
    // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus and names its active row
    <div
      class="row"
      role="option"
      id={`row-${row}`}
      aria-selected={isChosen}
      aria-posinset={place[0]}
      aria-setsize={place[1]}
      style={{ top: `${top}px` }}
      onClick={() => onChoose(row)}
    >
      <span class="row-head">
        <b>{toThousands(row)}</b>
        <span class={counts?.isFailed ? 'warn' : 'dim'}>{nameCounts(counts)}</span>
      </span>
      <span class="row-text">{head?.text ?? '…'}</span>
      <span class="share" aria-hidden="true">
        <i style={{ width: `${100 * share}%` }} />
      </span>
    </div>
  )
}

function nameCounts(counts: RowItemProps['counts']): string {
  if (counts === undefined) return ''
  if (counts.isFailed) return 'can’t be used'
  const { tokens, trained, different, hasFindings } = counts
  const apart = different > 0 ? `≠ ${toThousands(different)}, ` : ''
  return `${hasFindings ? '⚠ ' : ''}${apart}${toCount(tokens, 'token')}, ${toPercent(trained, tokens)} trained`
}

/** In an ascending list; -1: not there. */
function indexOf(rows: Uint32Array, row: number): number {
  let start = 0
  let end = rows.length
  while (start < end) {
    const middle = (start + end) >> 1
    if (rows[middle]! < row) start = middle + 1
    else end = middle
  }
  return rows[start] === row ? start : -1
}
