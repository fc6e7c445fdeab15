import { useEffect, useState } from 'preact/hooks'
import { toThousands } from '../../page/index.ts'
import type { Given } from '../../view/index.ts'
import { BudgetView } from './budget-view.tsx'
import { findCounterpart, isInWindow, nameSides, toLayouts } from './columns.ts'
import { Conversation, type OnToken } from './conversation.tsx'
import { DropFiles } from './drop-files.tsx'
import { Filters } from './filters.tsx'
import { Findings } from './findings.tsx'
import { ROW_SECONDS } from './messages.ts'
import { toPageWords } from './page-words.ts'
import { Pickers } from './pickers.tsx'
import { PromptDialog } from './prompt-dialog.tsx'
import { RowList } from './row-list.tsx'
import { TokenDetails, type TokenDetailsProps } from './token-details.tsx'
import { useDrops } from './use-drops.ts'
import { useView, type View } from './use-view.ts'

type Tab = 'rows' | 'row' | 'budget'

/** Below this there is one column, as page.css has it. */
const NARROW = 700

/** The whole page. */
export function App({ given }: { given: Given }) {
  const view = useView(given)
  const [tab, setTab] = useState<Tab>('row')
  const [hasOptions, setHasOptions] = useState(innerWidth > NARROW)
  useKeys(view)
  useDrops(view, given)
  if (given.kind === 'dropped' && view.opened === undefined)
    return <DropFiles onOpen={view.open} problem={view.problem} />
  const { opened, settings, problem } = view
  const isCompared = view.settled?.other !== undefined
  return (
    <div class="app" data-tab={tab}>
      <header>
        <h1>{given.kind === 'dropped' ? (view.fileName ?? 'Lossline') : given.name}</h1>
        <nav aria-label="Views">
          <TabButton tab="rows" now={tab} onTab={setTab} label="Rows" isNarrow />
          <TabButton tab="row" now={tab} onTab={setTab} label="Row" />
          <TabButton tab="budget" now={tab} onTab={setTab} label="Loss budget" />
          {view.canChange && (
            <button
              type="button"
              class="toggle"
              aria-expanded={hasOptions}
              onClick={() => setHasOptions(!hasOptions)}
            >
              Mask and template
            </button>
          )}
        </nav>
        {view.canChange && hasOptions && opened !== undefined && settings !== undefined && (
          <Pickers
            opened={opened}
            settings={settings}
            onChange={view.set}
            onModel={view.addModel}
            findMarkers={view.findMarkers}
            onProblem={view.refuse}
          />
        )}
        {problem !== undefined && (
          <p class="warn problem" role="alert">
            {problem}
          </p>
        )}
      </header>
      <div class="side">
        <Filters
          budget={view.budget}
          isCompared={isCompared}
          filter={view.filter}
          onChange={view.setFilter}
          searched={view.searched}
          onSearch={view.search}
          counts={{ fitting: view.rows.length, scanned: view.scannedRows, all: view.rowCount }}
        />
        <RowList
          rows={view.rows}
          columns={view.columns}
          heads={view.heads}
          version={view.version}
          chosen={view.place.row}
          onChoose={row => {
            view.go({ row, example: 0, side: 0, token: undefined })
            // The list alone fills a narrow page: what was chosen is shown in its place.
            if (innerWidth <= NARROW && tab === 'rows') setTab('row')
          }}
          onEnter={() => {
            setTab('row')
            focusTokens()
          }}
        />
      </div>
      {tab === 'budget' && view.budget !== undefined ? (
        <main>
          <BudgetView
            budget={view.budget}
            rowCount={view.rowCount}
            scannedRows={view.scannedRows}
            isScanning={!view.hasGivenUp}
            isCompared={isCompared}
            onFilter={filter => {
              view.setFilter(filter)
              setTab(innerWidth > NARROW ? 'row' : 'rows')
            }}
          />
        </main>
      ) : (
        <RowMain view={view} />
      )}
      {view.prompt !== undefined && <PromptDialog prompt={view.prompt} onClose={view.closePrompt} />}
    </div>
  )
}

function TabButton({
  tab,
  now,
  label,
  isNarrow = false,
  onTab,
}: {
  tab: Tab
  now: Tab
  label: string
  isNarrow?: boolean
  onTab: (tab: Tab) => void
}) {
  return (
    <button
      type="button"
      class={isNarrow ? 'narrow' : ''}
      aria-pressed={tab === now}
      onClick={() => onTab(tab)}
    >
      {label}
    </button>
  )
}

type At = Parameters<OnToken>[0]

/** The row that is looked at, with what is known of the token under the pointer, else of the chosen one. */
function RowMain({ view }: { view: View }) {
  const { detail, place, settled, go } = view
  const [hover, setHover] = useState<At>()
  useEffect(() => setHover(undefined), [detail])
  if (detail === undefined || settled === undefined) {
    const isGone = view.isWhole && place.row >= view.rowCount
    const text = isGone ? `There is no row ${place.row}.` : view.isLost ? '' : 'Rendering and masking …'
    return <main>{view.isSlow ? <Slow row={place.row} /> : <p class="dim">{text}</p>}</main>
  }
  const { example, side, token } = place
  const known = describeAt(view, hover ?? (token === undefined ? undefined : { example, side, token }))
  const onToken: OnToken = at => go({ row: place.row, ...at })
  const names = nameSides(settled)
  return (
    <>
      <main>
        {view.isSlow && <Slow row={place.row} />}
        <h2 class="where">{detail.where}</h2>
        <p class="dim">Row {toThousands(place.row)}. Rows count from 0, lines of a file from 1.</p>
        {detail.error !== undefined && <Refusal side={detail.other && names[0]} error={detail.error} />}
        {detail.other?.error !== undefined && <Refusal side={names[1]} error={detail.other.error} />}
        {detail.isForced && (
          <p class="dim">
            Compared in one rendering, though one of the sides would make one for each answer.
          </p>
        )}
        <Findings detail={detail} sides={names} onToken={onToken} />
        <Conversation
          detail={detail}
          settings={settled}
          place={place}
          onToken={onToken}
          onHover={setHover}
          onPrompt={view.canChange ? view.askPrompt : undefined}
        />
      </main>
      {known !== undefined ? (
        <TokenDetails {...known} />
      ) : (
        <aside class="details dim" aria-label="Token">
          <p>
            Point at a token, or walk with the arrow keys: its id, its reason and what wrote it stand here.
          </p>
          <Keys isTwo={settled.other !== undefined} />
        </aside>
      )}
    </>
  )
}

/** Whoever waits is told that nothing hangs. */
function Slow({ row }: { row: number }) {
  return (
    <p class="slow" role="status">
      Row {row} takes long to render and mask … A template that does not end in a row is stopped after{' '}
      {ROW_SECONDS} seconds; other rows and settings can be chosen meanwhile.
    </p>
  )
}

function Refusal({ side, error }: { side: string | undefined; error: string }) {
  return (
    <p class="warn">
      {side !== undefined && <b>{side}: </b>}
      {toPageWords(error)}
    </p>
  )
}

/** What is shown of a token; undefined for one that is not there. */
function describeAt({ detail, settled }: View, at: At | undefined): TokenDetailsProps | undefined {
  if (at === undefined || detail === undefined || settled === undefined) return undefined
  const layout = toLayouts(detail, settled.isSideBySide).find(({ index }) => index === at.example)
  if (layout === undefined) return undefined
  const column = layout.columns.find(({ side }) => side === at.side) ?? layout.columns[0]
  if (column === undefined || !isInWindow(column.example, at.token)) return undefined
  const { example } = column
  const token = at.token - example.firstToken
  const otherSide =
    detail.other === undefined ? undefined : layout.columns.find(({ side }) => side !== column.side)
  const counterpart = findCounterpart(layout, column.side, token)
  return {
    ...{ example, token },
    template: column.side === 1 && detail.other !== undefined ? detail.other.template : detail.template,
    other: otherSide && {
      name: otherSide.side === 0 ? 'on the left' : 'on the right',
      mask: counterpart === undefined ? undefined : otherSide.masks[0],
      token: counterpart ?? 0,
    },
  }
}

function Keys({ isTwo }: { isTwo: boolean }) {
  return (
    <dl class="keys">
      <dt>/</dt>
      <dd>search</dd>
      <dt>[ and ]</dt>
      <dd>row before, row after</dd>
      <dt>← →</dt>
      <dd>token by token</dd>
      <dt>↑ ↓</dt>
      <dd>to where the reason changes</dd>
      {isTwo && (
        <>
          <dt>x</dt>
          <dd>to the other side</dd>
        </>
      )}
      <dt>Escape</dt>
      <dd>back to the rows</dd>
    </dl>
  )
}

function focusTokens(): void {
  document.querySelector<HTMLElement>('.example')?.focus()
}

/** Keys that do the same wherever the focus is, as long as nothing is typed. */
function useKeys({ rows, place, go }: View): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const isTyping = (event.target as Element).closest('input, select, textarea, dialog') !== null
      if (event.ctrlKey || event.metaKey || event.altKey) return
      if (event.key === 'Escape' && (event.target as Element).closest('dialog') === null) {
        document.querySelector<HTMLElement>('.rows')?.focus()
        return
      }
      if (isTyping) return
      if (event.key === '/') {
        event.preventDefault()
        document.getElementById('search')?.focus()
      } else if (event.key === '[' || event.key === ']') {
        const step = event.key === '[' ? -1 : 1
        const next = rows[rows.indexOf(place.row) + step]
        if (next !== undefined) go({ row: next, example: 0, side: 0, token: undefined })
      }
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [rows, place, go])
}
