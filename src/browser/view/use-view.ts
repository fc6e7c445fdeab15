import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import {
  type Budget,
  type Given,
  type PromptView,
  RowColumns,
  type RowDetail,
  type RowFilter,
  type ViewSettings,
} from '../../view/index.ts'
import type { DroppedFiles } from '../dropped-files.ts'
import { type Place, readPlace, toHash } from './address.ts'
import type { FromWorker, Opened } from './messages.ts'
import { HeadCache } from './row-list.tsx'
import { openEmbedded, openWorker, type ViewSource } from './source.ts'

/** What the page shows, and what a person can do with it. */
export interface View {
  readonly opened: Opened | undefined
  readonly problem: string | undefined
  readonly isLost: boolean
  readonly settings: ViewSettings | undefined
  readonly rowCount: number
  readonly isWhole: boolean
  readonly columns: RowColumns
  readonly version: number
  readonly heads: HeadCache
  readonly budget: Budget | undefined
  readonly filter: RowFilter
  readonly rows: Uint32Array
  readonly place: Place
  readonly detail: RowDetail | undefined
  readonly prompt: PromptView | undefined
  readonly canChange: boolean
  readonly open: (file: File, model: DroppedFiles) => void
  readonly set: (settings: ViewSettings) => void
  readonly setFilter: (filter: RowFilter) => void
  readonly search: (text: string) => void
  readonly go: (place: Place) => void
  readonly askPrompt: (message: number) => void
  readonly closePrompt: () => void
}

interface Known {
  readonly opened: Opened | undefined
  readonly problem: string | undefined
  readonly isLost: boolean
  readonly settings: ViewSettings | undefined
  readonly rowCount: number
  readonly isWhole: boolean
  readonly budget: Budget | undefined
  /** Of the columns. */
  readonly version: number
}

const NOTHING: Known = {
  ...{ opened: undefined, problem: undefined, isLost: false, settings: undefined },
  ...{ rowCount: 0, isWhole: false, budget: undefined, version: 0 },
}

/** The page's state: what the source tells, the place in the address, and what is asked because of them. */
export function useView(given: Given): View {
  const [known, setKnown] = useState(NOTHING)
  const [filter, setFilter] = useState<RowFilter>({})
  const [place, setPlace] = useState(() => readPlace(location.hash))
  const [detail, setDetail] = useState<RowDetail>()
  const [prompt, setPrompt] = useState<PromptView>()
  const columns = useRef(new RowColumns())
  const source = useSource(given, message => {
    if (message.kind === 'scanned') columns.current.add(message.part)
    setKnown(before => toKnown(before, message))
  })
  const heads = useMemo(
    () => new HeadCache(rows => source.ask({ kind: 'heads', rows })),
    [source, known.opened, known.settings],
  )
  const { opened, settings, rowCount, budget, version } = known
  const rows = useMemo(
    () => columns.current.filter(filter, budget, rowCount),
    [filter, rowCount, Object.keys(filter).length === 0 ? 0 : version],
  )

  const isOpen = opened !== undefined
  useEffect(() => {
    if (!isOpen) return
    let isWanted = true
    void source.ask({ kind: 'detail', row: place.row }).then(answer => isWanted && setDetail(answer))
    return () => {
      isWanted = false
    }
  }, [source, isOpen, opened, settings, place.row])
  useEffect(() => {
    const onHash = (): void => setPlace(readPlace(location.hash))
    addEventListener('hashchange', onHash)
    return () => removeEventListener('hashchange', onHash)
  }, [])

  const go = (next: Place): void => {
    setPlace(next)
    history.replaceState(undefined, '', toHash(next))
  }
  return {
    ...known,
    ...{ columns: columns.current, heads, filter, rows, place, prompt, setFilter, go },
    detail: detail?.row === place.row ? detail : undefined,
    canChange: source.set !== undefined,
    open: (file, model) => {
      setKnown(NOTHING)
      source.openDropped?.(file, model)
    },
    set: next => {
      setKnown(before => ({ ...before, settings: next, problem: undefined }))
      source.set?.(next)
    },
    search: text => {
      if (text === '') return setFilter(({ found: _, ...rest }) => rest)
      void source
        .ask({ kind: 'search', text })
        .then(found => setFilter(before => ({ ...before, found: new Set(found) })))
    },
    askPrompt: message => {
      void source.ask({ kind: 'prompt', row: place.row, message }).then(setPrompt)
    },
    closePrompt: () => setPrompt(undefined),
  }
}

type Source = ViewSource & { readonly openDropped?: (file: File, model: DroppedFiles) => void }

function useSource(given: Given, tell: (message: Exclude<FromWorker, { kind: 'answer' }>) => void): Source {
  const latest = useRef(tell)
  latest.current = tell
  return useMemo(() => {
    const tellLatest: typeof tell = message => latest.current(message)
    if (given.kind === 'embedded') return openEmbedded(given, tellLatest)
    const worker = openWorker(tellLatest)
    if (given.kind === 'served') worker.openServed(new URL('.', location.href).href)
    return worker
  }, [given])
}

function toKnown(known: Known, message: Exclude<FromWorker, { kind: 'answer' }>): Known {
  switch (message.kind) {
    case 'opened':
      return { ...NOTHING, opened: message, settings: message.settings, version: known.version + 1 }
    case 'counted':
      return { ...known, rowCount: message.rows, isWhole: message.isWhole }
    case 'scanned':
      return { ...known, budget: message.budget, version: known.version + 1 }
    case 'refused':
      return { ...known, problem: message.text }
    case 'failed':
      return { ...known, problem: message.text, isLost: true }
    default: {
      const never: never = message
      throw new TypeError(`no message is ${JSON.stringify(never)}`)
    }
  }
}
