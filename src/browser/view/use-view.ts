import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import {
  type Budget,
  type FoundMarkers,
  type Given,
  type PromptView,
  RowColumns,
  type RowDetail,
  type RowFilter,
  type ViewSettings,
} from '../../view/index.ts'
import { type Place, writeWanted } from './address.ts'
import { holdsPlace } from './columns.ts'
import type { DroppedModel, FromWorker, Opened } from './messages.ts'
import { HeadCache } from './row-list.tsx'
import { openEmbedded, openWorker, type ViewSource } from './source.ts'
import { useAddress } from './use-address.ts'
import { useFilter } from './use-filter.ts'
import { toSettingParams } from './write-settings.ts'

/** What the page shows, and what a person can do with it. */
export interface View {
  readonly opened: Opened | undefined
  readonly problem: string | undefined
  readonly isLost: boolean
  /** Name of the file that was dropped. */
  readonly fileName: string | undefined
  /** As asked for, perhaps not yet taken. */
  readonly settings: ViewSettings | undefined
  /** Those that hold. */
  readonly settled: ViewSettings | undefined
  readonly rowCount: number
  readonly isWhole: boolean
  /** Rows that were looked at through these settings. */
  readonly scannedRows: number
  /** Whether the others are not going to be. */
  readonly hasGivenUp: boolean
  readonly columns: RowColumns
  readonly version: number
  readonly heads: HeadCache
  readonly budget: Budget | undefined
  readonly filter: RowFilter
  readonly rows: Uint32Array
  readonly place: Place
  readonly detail: RowDetail | undefined
  /** Something was asked for that takes long. */
  readonly isSlow: boolean
  readonly prompt: PromptView | undefined
  readonly canChange: boolean
  readonly open: (file: File, model: DroppedModel) => void
  readonly addModel: (model: DroppedModel) => void
  readonly set: (settings: ViewSettings) => void
  readonly refuse: (problem: string) => void
  readonly setFilter: (filter: RowFilter) => void
  /** The text that the rows have to have. */
  readonly searched: string
  readonly search: (text: string) => void
  readonly go: (place: Place) => void
  readonly askPrompt: (message: number) => void
  readonly closePrompt: () => void
  readonly findMarkers: () => Promise<FoundMarkers>
}

interface Known {
  readonly opened: Opened | undefined
  readonly problem: string | undefined
  readonly isLost: boolean
  /** As asked for, perhaps not yet taken. */
  readonly settings: ViewSettings | undefined
  /** Those that hold. */
  readonly settled: ViewSettings | undefined
  readonly rowCount: number
  readonly isWhole: boolean
  readonly scannedRows: number
  readonly hasGivenUp: boolean
  /** Of the settings before, until rows were looked at through those of now. */
  readonly budget: Budget | undefined
  /** Of the columns. */
  readonly version: number
}

const NOTHING: Known = {
  ...{ opened: undefined, problem: undefined, isLost: false, settings: undefined, settled: undefined },
  ...{ rowCount: 0, isWhole: false, scannedRows: 0, hasGivenUp: false, budget: undefined, version: 0 },
}

/** The page's state: what the source tells, the place in the address, and what is asked because of them. */
export function useView(given: Given): View {
  const [known, setKnown] = useState(NOTHING)
  const [prompt, setPrompt] = useState<PromptView>()
  const [fileName, setFileName] = useState<string>()
  const columns = useRef(new RowColumns())
  const source = useSource(given, message => {
    if (message.kind === 'scanned') columns.current.add(message.part)
    setKnown(before => toKnown(before, message))
  })
  const { opened, settled, rowCount, budget, version } = known
  const { filter, setFilter, searched, search } = useFilter(source, known)
  const { place, go } = useAddress(known, writeWanted({ filter, search: searched }), params =>
    source.say?.({ kind: 'set-address', params }),
  )
  const { detail, isAwaited } = useDetail(source, known, place)
  const isSlow = useSlow(place.row < rowCount && (isAwaited || known.settings !== settled), place.row)
  const heads = useMemo(
    () => new HeadCache(rows => source.ask({ kind: 'heads', rows })),
    [source, opened, settled],
  )
  const rows = useMemo(
    () => columns.current.filter(filter, budget, rowCount),
    [filter, rowCount, Object.keys(filter).length === 0 ? 0 : version],
  )

  return {
    ...known,
    ...{
      columns: columns.current,
      heads,
      filter,
      rows,
      place,
      prompt,
      fileName,
      setFilter,
      searched,
      search,
      go,
    },
    detail: detail?.row === place.row ? detail : undefined,
    isSlow,
    canChange: source.say !== undefined,
    open: (file, model) => {
      setKnown(NOTHING)
      setFileName(file.name)
      source.say?.({ kind: 'open-dropped', file, model, params: toSettingParams(location.hash) })
    },
    addModel: model => source.say?.({ kind: 'add-model', model }),
    set: settings => {
      setKnown(before => ({ ...before, settings, problem: undefined }))
      source.say?.({ kind: 'set', settings })
    },
    refuse: problem => setKnown(before => ({ ...before, problem })),
    askPrompt: message => {
      void source.ask({ kind: 'prompt', row: place.row, message }).then(setPrompt)
    },
    closePrompt: () => setPrompt(undefined),
    findMarkers: () => source.ask({ kind: 'markers' }),
  }
}

/** The row of a place; asked for anew when the place lies outside of what is there of a long one. */
function useDetail(
  source: Source,
  { opened, settled }: Known,
  place: Place,
): { readonly detail: RowDetail | undefined; readonly isAwaited: boolean } {
  const [detail, setDetail] = useState<RowDetail>()
  const [isAwaited, setAwaited] = useState(false)
  const isThere = detail?.row === place.row && holdsPlace(detail, place)
  const wanted = useRef({ settled, opened })
  const isNew = wanted.current.settled !== settled || wanted.current.opened !== opened
  // Whoever goes on to another place that is not there, while an answer is awaited, wants that one.
  const missing = isThere ? undefined : `${place.example} ${place.side} ${place.token ?? 0}`
  useEffect(() => {
    if (opened === undefined || (isThere && !isNew)) return
    wanted.current = { settled, opened }
    let isWanted = true
    setAwaited(true)
    const { row, example, side, token = 0 } = place
    void source.ask({ kind: 'detail', row, place: { example, side, token } }).then(answer => {
      if (!isWanted) return
      setDetail(answer)
      setAwaited(false)
    })
    return () => {
      isWanted = false
    }
  }, [source, opened, settled, place.row, missing])
  return { detail, isAwaited }
}

/** Milliseconds after which a person wants to know what is going on. */
const SLOW_MS = 1000

/** Whether the row is waited for, and has been for some time. */
function useSlow(isAwaited: boolean, row: number): boolean {
  const [isSlow, setSlow] = useState(false)
  useEffect(() => {
    setSlow(false)
    if (!isAwaited) return
    const timer = setTimeout(() => setSlow(true), SLOW_MS)
    return () => clearTimeout(timer)
  }, [isAwaited, row])
  return isSlow && isAwaited
}

type Source = ViewSource

function useSource(given: Given, tell: (message: Exclude<FromWorker, { kind: 'answer' }>) => void): Source {
  const latest = useRef(tell)
  latest.current = tell
  return useMemo(() => {
    const tellLatest: typeof tell = message => latest.current(message)
    if (given.kind === 'embedded') return openEmbedded(given, tellLatest)
    const worker = openWorker(tellLatest)
    if (given.kind === 'served') {
      const address = new URL('.', location.href).href
      worker.say?.({ kind: 'open-served', address, params: toSettingParams(location.hash) })
    }
    return worker
  }, [given])
}

function toKnown(known: Known, message: Exclude<FromWorker, { kind: 'answer' }>): Known {
  switch (message.kind) {
    case 'opened': {
      const { settings } = message
      return { ...NOTHING, opened: message, settings, settled: settings, version: known.version + 1 }
    }
    case 'settled': {
      const { settings, models, templates, hasOwnTemplate } = message
      const opened = known.opened && { ...known.opened, models, templates, hasOwnTemplate }
      const unscanned = { scannedRows: 0, hasGivenUp: false, problem: undefined }
      return { ...known, opened, settings, settled: settings, ...unscanned }
    }
    case 'counted':
      return { ...known, rowCount: message.rows, isWhole: message.isWhole }
    case 'scanned': {
      const { budget } = message
      return { ...known, budget, scannedRows: budget.rows, version: known.version + 1 }
    }
    case 'refused':
      return { ...known, settings: known.settled, problem: message.text }
    case 'gave-up':
      return { ...known, problem: message.text, hasGivenUp: true }
    case 'failed':
      return { ...known, problem: message.text, isLost: true }
    default: {
      const never: never = message
      throw new TypeError(`no message is ${JSON.stringify(never)}`)
    }
  }
}
