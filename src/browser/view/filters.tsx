import { useEffect, useState } from 'preact/hooks'
import { toThousands } from '../../page/index.ts'
import type { Budget, RowFilter } from '../../view/index.ts'

export interface FiltersProps {
  readonly budget: Budget | undefined
  /** Whether there are two sides. */
  readonly isCompared: boolean
  readonly filter: RowFilter
  readonly onChange: (filter: RowFilter) => void
  readonly searched: string
  readonly onSearch: (text: string) => void
  /** Rows that fit, those that were looked at, and all there are. */
  readonly counts: { readonly fitting: number; readonly scanned: number; readonly all: number }
}

/** Shares of trained tokens that are asked for often. */
const SHARES: readonly (readonly [
  label: string,
  minShare: number | undefined,
  maxShare: number | undefined,
])[] = [
  ['any', undefined, undefined],
  ['nothing', undefined, 0],
  ['up to 10 %', 1e-9, 0.1],
  ['10 to 50 %', 0.1, 0.5],
  ['50 % and more', 0.5, undefined],
]

/** Which rows are listed. */
export function Filters({ budget, isCompared, filter, onChange, searched, onSearch, counts }: FiltersProps) {
  const [text, setText] = useState(searched)
  useEffect(() => setText(searched), [searched])
  const share = SHARES.findIndex(([, min, max]) => min === filter.minShare && max === filter.maxShare)
  const set = (changed: { readonly [Name in keyof RowFilter]: RowFilter[Name] | undefined }): void =>
    onChange(
      Object.fromEntries(
        Object.entries({ ...filter, ...changed }).filter(([, value]) => value !== undefined),
      ),
    )
  const isFiltered = Object.keys(filter).length > 0
  return (
    <form
      class="filters"
      onSubmit={event => {
        event.preventDefault()
        onSearch(text)
      }}
    >
      <input
        type="search"
        id="search"
        placeholder="Search in the rows ( / )"
        aria-label="Search in the rows"
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
        onChange={() => onSearch(text)}
      />
      <Names label="Role" names={budget?.roles} value={filter.role} onChange={role => set({ role })} />
      <Names
        label="Source"
        names={budget?.sources}
        value={filter.source}
        onChange={source => set({ source })}
      />
      <Names
        label="Finding"
        names={budget?.findings}
        value={filter.finding}
        onChange={finding => set({ finding })}
      />
      <label>
        Trained
        <select
          value={String(Math.max(0, share))}
          onChange={({ currentTarget }) => {
            const [, minShare, maxShare] = SHARES[Number(currentTarget.value)]!
            set({ minShare, maxShare })
          }}
        >
          {SHARES.map(([label], s) => (
            <option key={label} value={String(s)}>
              {label}
            </option>
          ))}
        </select>
      </label>
      {isCompared && (
        <label class="wide">
          The two sides
          <select
            value={filter.differs === undefined ? '' : String(filter.differs)}
            onChange={({ currentTarget: { value } }) =>
              set({ differs: value === '' ? undefined : value === 'true' })
            }
          >
            <option value="">any</option>
            <option value="true">differ</option>
            <option value="false">agree</option>
          </select>
        </label>
      )}
      <p class="dim counts" role="status">
        {isFiltered
          ? `${toThousands(counts.fitting)} of ${toThousands(counts.all)} rows`
          : `${toThousands(counts.all)} rows`}
        {counts.scanned < counts.all && `, ${toThousands(counts.scanned)} looked at`}{' '}
        {isFiltered && (
          <button
            type="button"
            onClick={() => {
              setText('')
              onSearch('')
              onChange({})
            }}
          >
            Show all
          </button>
        )}
      </p>
    </form>
  )
}

interface NamesProps {
  readonly label: string
  readonly names: readonly { readonly name: string; readonly rows: number }[] | undefined
  readonly value: string | undefined
  readonly onChange: (name: string | undefined) => void
}

function Names({ label, names, value, onChange }: NamesProps) {
  return (
    <label>
      {label}
      <select
        value={value ?? ''}
        onChange={({ currentTarget }) =>
          onChange(currentTarget.value === '' ? undefined : currentTarget.value)
        }
      >
        <option value="">any</option>
        {names?.map(({ name, rows }) => (
          <option key={name} value={name}>
            {name} ({toThousands(rows)})
          </option>
        ))}
      </select>
    </label>
  )
}
