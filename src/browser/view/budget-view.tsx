import { toPercent, toThousands } from '../../page/index.ts'
import type { Budget, BudgetLine, RowFilter } from '../../view/index.ts'

export interface BudgetViewProps {
  readonly budget: Budget
  /** All rows there are, those too that were not looked at yet. */
  readonly rowCount: number
  /** Those that were looked at through the settings of now: while there are none, the budget is of the settings before. */
  readonly scannedRows: number
  /** Whether more are going to be. */
  readonly isScanning: boolean
  /** Whether there are two sides. */
  readonly isCompared: boolean
  readonly onFilter: (filter: RowFilter) => void
}

/** Where the tokens of all rows lie, and where the loss is; a click lists the rows. */
export function BudgetView(props: BudgetViewProps) {
  const { budget, rowCount, scannedRows, isScanning, isCompared, onFilter } = props
  const { rows, failed, tokens, trained, different } = budget
  const isOld = scannedRows === 0
  const rowsName = `of ${toThousands(rowCount)} rows${isScanning ? ', so far' : ''}`
  return (
    <div class={isOld ? 'budget old' : 'budget'}>
      {isOld && <p role="status">Of the settings before: no row was looked at through those of now yet.</p>}
      <div class="cards">
        <Card number={toThousands(rows)} name={rows < rowCount ? rowsName : 'rows'} />
        <Card number={toThousands(tokens)} name="tokens" />
        <Card number={toPercent(trained, tokens)} name={`trained: ${toThousands(trained)} tokens`} />
        {isCompared && (
          <button type="button" class="card" onClick={() => onFilter({ differs: true })}>
            <b>{toThousands(different.tokens)}</b> tokens differ, in {toThousands(different.rows)} rows
          </button>
        )}
        {failed > 0 && (
          <button type="button" class="card warn" onClick={() => onFilter({ failed: true })}>
            <b>{toThousands(failed)}</b> rows can’t be used
          </button>
        )}
      </div>
      <p class="key">
        <i class="of-tokens" /> share of all tokens <i class="of-trained" /> share of all trained tokens
      </p>
      <Bars
        title="By role"
        lines={budget.roles}
        budget={budget}
        onPick={({ name }) => onFilter({ role: name })}
      />
      <Bars
        title="By source"
        lines={budget.sources}
        budget={budget}
        onPick={({ name }) => onFilter({ source: name })}
      />
      <Bars
        title="By turn"
        lines={budget.turns}
        budget={budget}
        nameOf={({ name }) => `message ${name}`}
        onPick={({ name }) => onFilter({ minMessages: Number.parseInt(name, 10) + 1 })}
      />
      <Bars
        title="By length of the row"
        lines={budget.lengths}
        budget={budget}
        nameOf={({ name }) => `${name} tokens`}
        onPick={({ name }) => {
          const [minTokens, last] = name.split('–').map(Number)
          onFilter({ minTokens: minTokens!, endTokens: last! + 1 })
        }}
      />
      <Bars
        title="By finding"
        lines={budget.findings}
        budget={budget}
        onPick={({ name }) => onFilter({ finding: name })}
      />
      <p class="dim">
        What rules find in the rows, one by one. Those about all rows together and about the model’s files are
        run by <code>lossline check FILE --tokenizer FOLDER</code> and{' '}
        <code>lossline check --model FOLDER</code>.
      </p>
    </div>
  )
}

function Card({ number, name }: { number: string; name: string }) {
  return (
    <div class="card">
      <b>{number}</b> {name}
    </div>
  )
}

interface BarsProps {
  readonly title: string
  readonly lines: readonly BudgetLine[]
  readonly budget: Budget
  readonly nameOf?: (line: BudgetLine) => string
  readonly onPick: (line: BudgetLine) => void
}

function Bars({ title, lines, budget, nameOf = ({ name }) => name, onPick }: BarsProps) {
  if (lines.length === 0) return null
  return (
    <section>
      <h2>{title}</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">{title.replace(/^By /, '')}</th>
            <th scope="col" class="n">
              rows
            </th>
            <th scope="col" class="n">
              tokens
            </th>
            <th scope="col" class="n">
              trained
            </th>
            <th scope="col">shares</th>
          </tr>
        </thead>
        <tbody>
          {lines.map(line => (
            <tr key={line.name}>
              <th scope="row">
                <button type="button" onClick={() => onPick(line)}>
                  {nameOf(line)}
                </button>
              </th>
              <td class="n">{toThousands(line.rows)}</td>
              <td class="n">{toThousands(line.tokens)}</td>
              <td class="n">{toPercent(line.trained, line.tokens)}</td>
              <td>
                <Bar className="of-tokens" part={line.tokens} whole={budget.tokens} what="of all tokens" />
                <Bar
                  className="of-trained"
                  part={line.trained}
                  whole={budget.trained}
                  what="of all trained tokens"
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

interface BarProps {
  readonly className: string
  readonly part: number
  readonly whole: number
  readonly what: string
}

function Bar({ className, part, whole, what }: BarProps) {
  const share = whole === 0 ? 0 : (100 * part) / whole
  const words = `${toPercent(part, whole)} ${what}`
  return (
    <span class="plot" role="img" aria-label={words} title={words}>
      <i class={className} style={{ width: `${share}%` }} />
    </span>
  )
}
