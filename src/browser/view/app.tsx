import { useEffect, useState } from 'preact/hooks'
import type { Given } from '../../view/index.ts'
import { BudgetView } from './budget-view.tsx'
import { Conversation } from './conversation.tsx'
import { DropFiles } from './drop-files.tsx'
import { Filters } from './filters.tsx'
import { Findings } from './findings.tsx'
import { Pickers } from './pickers.tsx'
import { PromptDialog } from './prompt-dialog.tsx'
import { RowList } from './row-list.tsx'
import { TokenDetails } from './token-details.tsx'
import { useView, type View } from './use-view.ts'

type Tab = 'rows' | 'row' | 'budget'

/** The whole page. */
export function App({ given }: { given: Given }) {
  const view = useView(given)
  const [tab, setTab] = useState<Tab>('row')
  useKeys(view)
  if (given.kind === 'dropped' && view.opened === undefined)
    return <DropFiles onOpen={view.open} problem={view.problem} />
  const { opened, settings, problem } = view
  return (
    <div class="app" data-tab={tab}>
      <header>
        <h1>{given.kind === 'dropped' ? 'Lossline' : given.name}</h1>
        <nav aria-label="Views">
          <TabButton tab="rows" now={tab} onTab={setTab} label="Rows" isNarrow />
          <TabButton tab="row" now={tab} onTab={setTab} label="Row" />
          <TabButton tab="budget" now={tab} onTab={setTab} label="Loss budget" />
        </nav>
        {view.canChange && opened !== undefined && settings !== undefined && (
          <details class="options" open={innerWidth > 700}>
            <summary>Mask and template</summary>
            <Pickers opened={opened} settings={settings} onChange={view.set} />
          </details>
        )}
        {problem !== undefined && (
          <p class="warn" role="alert">
            {problem}
          </p>
        )}
      </header>
      <div class="side">
        <Filters
          budget={view.budget}
          filter={view.filter}
          onChange={view.setFilter}
          onSearch={view.search}
          counts={[view.rows.length, view.rowCount]}
        />
        <RowList
          rows={view.rows}
          columns={view.columns}
          heads={view.heads}
          version={view.version}
          chosen={view.place.row}
          onChoose={row => view.go({ row, example: 0, token: undefined })}
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
            onFilter={filter => {
              view.setFilter(filter)
              setTab(innerWidth > 700 ? 'row' : 'rows')
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

/** The row that is looked at, with what is known of the token under the pointer, else of the chosen one. */
function RowMain({ view }: { view: View }) {
  const { detail, place, go } = view
  const [hover, setHover] = useState<{ example: number; token: number }>()
  useEffect(() => setHover(undefined), [detail])
  if (detail === undefined) {
    const isGone = view.isWhole && place.row >= view.rowCount
    const text = isGone ? `There is no row ${place.row}.` : view.isLost ? '' : 'Rendering and masking …'
    return (
      <main>
        <p class="dim">{text}</p>
      </main>
    )
  }
  const at = hover ?? (place.token === undefined ? undefined : { example: place.example, token: place.token })
  const example = at === undefined ? undefined : detail.examples[at.example]
  const isThere = at !== undefined && example !== undefined && at.token < example.ids.length
  return (
    <>
      <main>
        <h2 class="where">{detail.where}</h2>
        {detail.error !== undefined && <p class="warn">{detail.error}</p>}
        {detail.isForced && (
          <p class="dim">
            Compared in one rendering, though one of the strategies would make one for each answer.
          </p>
        )}
        <Findings detail={detail} onToken={(e, token) => go({ ...place, example: e, token })} />
        <Conversation
          detail={detail}
          place={place}
          onToken={(e, token) => go({ ...place, example: e, token })}
          onHover={(e, token) => setHover(token === undefined ? undefined : { example: e, token })}
          onPrompt={view.canChange ? view.askPrompt : undefined}
        />
      </main>
      {isThere ? (
        <TokenDetails example={example} token={at.token} template={detail.template} />
      ) : (
        <aside class="details dim" aria-label="Token">
          <p>
            Point at a token, or walk with the arrow keys: its id, its reason and what wrote it stand here.
          </p>
          <Keys />
        </aside>
      )}
    </>
  )
}

function Keys() {
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
        if (next !== undefined) go({ row: next, example: 0, token: undefined })
      }
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [rows, place, go])
}
