import type { StrategyName } from '../../mask/index.ts'
import type { ViewSettings } from '../../view/index.ts'
import type { Opened, StrategyFacts } from './messages.ts'

export interface PickersProps {
  readonly opened: Opened
  readonly settings: ViewSettings
  readonly onChange: (settings: ViewSettings) => void
}

type Mask = ViewSettings['mask']

/** What decides on the masks, to be changed while looking: template, strategy, its options, and a second strategy. */
export function Pickers({ opened, settings, onChange }: PickersProps) {
  const { mask } = settings
  const { strategies, templates } = opened
  const set = (changed: Partial<ViewSettings>): void => onChange({ ...settings, ...changed })
  const setMask = (changed: { readonly [Name in keyof Mask]: Mask[Name] | undefined }): void =>
    set({ mask: dropUndefined({ ...mask, ...changed }) })
  const reads = readBy(strategies, settings)
  return (
    <form class="pickers" onSubmit={event => event.preventDefault()}>
      <StrategyPicker
        label="Mask"
        none="by the row’s kind"
        strategies={strategies}
        value={mask.strategy}
        onChange={strategy => set({ mask: keepRead({ ...mask, strategy }, strategies, settings.compare) })}
      />
      <StrategyPicker
        label="Compare with"
        none="nothing"
        strategies={strategies}
        value={settings.compare}
        onChange={compare => set({ compare, mask: keepRead(mask, strategies, compare) })}
      />
      {reads.has('turns') && (
        <Choice
          label="Turns"
          values={['all', 'last']}
          value={mask.turns}
          onChange={turns => setMask({ turns })}
        />
      )}
      {reads.has('trainOnEot') && (
        <Choice
          label="Train on EOT"
          values={['turn', 'last', 'none']}
          value={mask.trainOnEot}
          onChange={trainOnEot => setMask({ trainOnEot })}
        />
      )}
      {reads.has('unroll') && (
        <Choice
          label="Unroll"
          values={['auto', 'always', 'never']}
          value={mask.unroll}
          onChange={unroll => setMask({ unroll })}
        />
      )}
      {reads.has('roles') && (
        <TextOption
          label="Roles"
          placeholder="assistant"
          value={mask.roles?.join(',')}
          onChange={text => setMask({ roles: text?.split(',').map(role => role.trim()) })}
        />
      )}
      {reads.has('mask') && (
        <LeftOut
          value={mask.mask ?? []}
          onChange={sources => setMask({ mask: sources.length === 0 ? undefined : sources })}
        />
      )}
      {reads.has('responseTemplate') && (
        <TextOption
          label="Response template"
          value={toEscaped(mask.responseTemplate)}
          onChange={text => setMask({ responseTemplate: fromEscaped(text) })}
        />
      )}
      {reads.has('instructionTemplate') && (
        <TextOption
          label="Instruction template"
          value={toEscaped(mask.instructionTemplate)}
          onChange={text => setMask({ instructionTemplate: fromEscaped(text) })}
        />
      )}
      <TemplatePicker templates={templates} settings={settings} onChange={template => set({ template })} />
    </form>
  )
}

/** Options that the strategies in use read. */
function readBy(strategies: readonly StrategyFacts[], { mask, compare }: ViewSettings): Set<string> {
  // Rows of several kinds may be there: without a name, these are what they get.
  const names = [mask.strategy ?? 'assistant', compare]
  return new Set(
    strategies.filter(({ name }) => names.includes(name as StrategyName)).flatMap(({ reads }) => reads),
  )
}

/** Options that the chosen strategy does not read go with the choice. */
function keepRead(
  mask: { readonly [Name in keyof Mask]: Mask[Name] | undefined },
  strategies: readonly StrategyFacts[],
  compare: StrategyName | undefined,
): Mask {
  const reads = readBy(strategies, {
    mask: dropUndefined(mask),
    compare,
    template: undefined,
    kwargs: undefined,
  })
  const kept = Object.entries(mask).filter(([name]) => name === 'strategy' || reads.has(name))
  return dropUndefined(Object.fromEntries(kept))
}

function dropUndefined(mask: { readonly [Name in keyof Mask]: Mask[Name] | undefined }): Mask {
  return Object.fromEntries(Object.entries(mask).filter(([, value]) => value !== undefined))
}

interface StrategyPickerProps {
  readonly label: string
  readonly none: string
  readonly strategies: readonly StrategyFacts[]
  readonly value: StrategyName | undefined
  readonly onChange: (name: StrategyName | undefined) => void
}

function StrategyPicker({ label, none, strategies, value, onChange }: StrategyPickerProps) {
  const chosen = strategies.find(({ name }) => name === value)
  return (
    <label title={chosen?.summary}>
      {label}
      <select
        value={value ?? ''}
        onChange={({ currentTarget }) =>
          onChange(currentTarget.value === '' ? undefined : (currentTarget.value as StrategyName))
        }
      >
        <option value="">{none}</option>
        {strategies.map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  )
}

const SOURCES = ['content', 'reasoning', 'tool_calls'] as const
type LeftOutSource = (typeof SOURCES)[number]

interface LeftOutProps {
  readonly value: readonly LeftOutSource[]
  readonly onChange: (sources: readonly LeftOutSource[]) => void
}

/** Parts of an answer that are not trained. */
function LeftOut({ value, onChange }: LeftOutProps) {
  return (
    <fieldset>
      <legend>Leave out</legend>
      {SOURCES.map(source => (
        <label key={source}>
          <input
            type="checkbox"
            checked={value.includes(source)}
            onChange={({ currentTarget }) =>
              onChange(
                SOURCES.filter(name => (name === source ? currentTarget.checked : value.includes(name))),
              )
            }
          />
          {source}
        </label>
      ))}
    </fieldset>
  )
}

interface ChoiceProps<Value extends string> {
  readonly label: string
  readonly values: readonly Value[]
  readonly value: Value | undefined
  readonly onChange: (value: Value | undefined) => void
}

function Choice<Value extends string>({ label, values, value, onChange }: ChoiceProps<Value>) {
  const first = values[0]
  return (
    <label>
      {label}
      <select
        value={value ?? first}
        onChange={({ currentTarget }) =>
          onChange(currentTarget.value === first ? undefined : (currentTarget.value as Value))
        }
      >
        {values.map(name => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  )
}

interface TextOptionProps {
  readonly label: string
  readonly placeholder?: string
  readonly value: string | undefined
  readonly onChange: (text: string | undefined) => void
}

function TextOption({ label, placeholder, value, onChange }: TextOptionProps) {
  return (
    <label>
      {label}
      <input
        value={value ?? ''}
        placeholder={placeholder}
        onChange={({ currentTarget }) =>
          onChange(currentTarget.value === '' ? undefined : currentTarget.value)
        }
      />
    </label>
  )
}

/** As on the command line: `\n` is a newline. */
function fromEscaped(text: string | undefined): string | undefined {
  return text?.replace(/\\n/g, '\n').replace(/\\t/g, '\t')
}

function toEscaped(text: string | readonly number[] | undefined): string | undefined {
  return typeof text === 'string' ? text.replace(/\n/g, '\\n').replace(/\t/g, '\\t') : text?.join(',')
}

function TemplatePicker({
  templates,
  settings,
  onChange,
}: {
  templates: Opened['templates']
  settings: ViewSettings
  onChange: (template: string | undefined) => void
}) {
  const own = templates.find(({ source }) => source === settings.template)
  const value = settings.template === undefined ? '' : own === undefined ? 'given' : own.name
  return (
    <>
      <label>
        Template
        <select
          value={value}
          onChange={({ currentTarget }) =>
            onChange(templates.find(({ name }) => name === currentTarget.value)?.source)
          }
        >
          <option value="">the model’s</option>
          {templates.length > 1 &&
            templates.map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          {value === 'given' && <option value="given">from a file</option>}
        </select>
      </label>
      <label class="file">
        Other template
        <input
          type="file"
          accept=".jinja,.jinja2,.j2,.txt"
          aria-label="Template file"
          onChange={({ currentTarget }) => void currentTarget.files?.[0]?.text().then(onChange)}
        />
      </label>
    </>
  )
}
