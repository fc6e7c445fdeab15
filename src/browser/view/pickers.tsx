import { useRef } from 'preact/hooks'
import type { JsonObject } from '../../json/index.ts'
import type { StrategyName } from '../../mask/index.ts'
import type { TemplateChoice, ViewSettings } from '../../view/index.ts'
import { readDropped } from '../dropped-files.ts'
import type { DroppedModel, Opened, StrategyFacts } from './messages.ts'
import { isModelFile, nameFolder } from './sort-dropped.ts'

export interface PickersProps {
  readonly opened: Opened
  readonly settings: ViewSettings
  readonly onChange: (settings: ViewSettings) => void
  readonly onModel: (model: DroppedModel) => void
  /** What was typed can't be used. */
  readonly onProblem: (problem: string) => void
}

type Mask = ViewSettings['mask']

/** What decides on the masks, to be changed while looking: tokenizer, template, strategy and its options, and a second side. */
export function Pickers({ opened, settings, onChange, onModel, onProblem }: PickersProps) {
  const { mask, other } = settings
  const { strategies, templates } = opened
  const set = (changed: Partial<ViewSettings>): void => onChange({ ...settings, ...changed })
  const setOther = (changed: Partial<NonNullable<ViewSettings['other']>>): void => {
    const next = { strategy: undefined, template: undefined, ...other, ...changed }
    const isNone = next.strategy === undefined && next.template === undefined
    set({ other: isNone ? undefined : next, mask: keepRead(mask, strategies, next.strategy) })
  }
  return (
    <form class="pickers" onSubmit={event => event.preventDefault()}>
      <ModelPicker
        opened={opened}
        value={settings.tokenizer}
        onChange={tokenizer => set({ tokenizer })}
        onModel={onModel}
      />
      <TemplatePicker
        label="Template"
        none={undefined}
        templates={templates}
        value={settings.template}
        onChange={template => set({ template: template ?? { kind: 'model' } })}
      />
      <TextOption
        label="Variables"
        placeholder='{"enable_thinking": false}'
        value={settings.kwargs && JSON.stringify(settings.kwargs)}
        onChange={text => {
          const kwargs = text === undefined ? undefined : toObject(text)
          if (text !== undefined && kwargs === undefined)
            onProblem(`The template’s variables are no object of JSON, such as {"enable_thinking": false}.`)
          else set({ kwargs })
        }}
      />
      <StrategyPicker
        label="Mask"
        none="by the row’s kind"
        strategies={strategies}
        value={mask.strategy}
        onChange={strategy => set({ mask: keepRead({ ...mask, strategy }, strategies, other?.strategy) })}
      />
      <MaskOptionPickers strategies={strategies} settings={settings} onChange={onChange} />
      <fieldset class="compared" aria-label="Compared with">
        <span>compared with</span>
        <StrategyPicker
          label="Other mask"
          none={other === undefined ? 'none' : 'the same'}
          strategies={strategies}
          value={other?.strategy}
          onChange={strategy => setOther({ strategy })}
        />
        <TemplatePicker
          label="Other template"
          none={other === undefined ? 'none' : 'the same'}
          templates={templates}
          value={other?.template}
          onChange={template => setOther({ template })}
        />
        {other !== undefined && other.template === undefined && (
          <label class="check">
            <input
              type="checkbox"
              checked={settings.isSideBySide}
              onChange={({ currentTarget }) => set({ isSideBySide: currentTarget.checked })}
            />
            Side by side
          </label>
        )}
      </fieldset>
    </form>
  )
}

function toObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as JsonObject)
      : undefined
  } catch {
    return undefined
  }
}

/** The options that the strategies in use read. */
function MaskOptionPickers({
  strategies,
  settings,
  onChange,
}: Pick<PickersProps, 'settings' | 'onChange'> & { readonly strategies: readonly StrategyFacts[] }) {
  const { mask } = settings
  const setMask = (changed: { readonly [Name in keyof Mask]: Mask[Name] | undefined }): void =>
    onChange({ ...settings, mask: dropUndefined({ ...mask, ...changed }) })
  const reads = readBy(strategies, settings.mask, settings.other?.strategy)
  return (
    <>
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
    </>
  )
}

function readBy(
  strategies: readonly StrategyFacts[],
  mask: Mask,
  other: StrategyName | undefined,
): Set<string> {
  // Rows of several kinds may be there: without a name, these are what they get.
  const names = [mask.strategy ?? 'assistant', other]
  return new Set(
    strategies.filter(({ name }) => names.includes(name as StrategyName)).flatMap(({ reads }) => reads),
  )
}

/** Options that the chosen strategies do not read go with the choice. */
function keepRead(
  mask: { readonly [Name in keyof Mask]: Mask[Name] | undefined },
  strategies: readonly StrategyFacts[],
  other: StrategyName | undefined,
): Mask {
  const reads = readBy(strategies, dropUndefined(mask), other)
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
    <fieldset class="left-out" aria-label="Leave out">
      <span>Leave out</span>
      <div>
        {SOURCES.map(source => (
          <label key={source} class="check">
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
      </div>
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
  readonly placeholder?: string | undefined
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

/** Stands in a list for what is still to be chosen. */
const ANOTHER = '\u0000another'

interface TemplatePickerProps {
  readonly label: string
  /** What choosing no template is called; undefined: one has to be chosen. */
  readonly none: string | undefined
  readonly templates: Opened['templates']
  readonly value: TemplateChoice | undefined
  readonly onChange: (template: TemplateChoice | undefined) => void
}

function TemplatePicker({ label, none, templates, value, onChange }: TemplatePickerProps) {
  const file = useRef<HTMLInputElement>(null)
  const toValue = (choice: TemplateChoice): string =>
    choice.kind === 'model' ? 'model' : `${choice.kind}:${choice.name}`
  return (
    <label>
      {label}
      <select
        value={value === undefined ? '' : toValue(value)}
        onChange={({ currentTarget }) => {
          const chosen = currentTarget.value
          if (chosen === ANOTHER) {
            // Until a file is chosen all stays as it was.
            currentTarget.value = value === undefined ? '' : toValue(value)
            file.current?.click()
          } else if (chosen === '') onChange(undefined)
          else if (chosen === 'model') onChange({ kind: 'model' })
          else onChange({ kind: 'named', name: chosen.slice('named:'.length) })
        }}
      >
        {none !== undefined && <option value="">{none}</option>}
        <option value="model">the model’s</option>
        {templates.map(({ name }) => (
          <option key={name} value={`named:${name}`}>
            {name}
          </option>
        ))}
        {value?.kind === 'given' && <option value={`given:${value.name}`}>{value.name}</option>}
        <option value={ANOTHER}>another file …</option>
      </select>
      <input
        ref={file}
        type="file"
        hidden
        accept=".jinja,.jinja2,.j2,.txt"
        aria-label={`${label} file`}
        onChange={async ({ currentTarget }) => {
          const [chosen] = currentTarget.files ?? []
          currentTarget.value = ''
          if (chosen !== undefined)
            onChange({ kind: 'given', name: chosen.name, source: await chosen.text() })
        }}
      />
    </label>
  )
}

interface ModelPickerProps {
  readonly opened: Opened
  readonly value: string | undefined
  readonly onChange: (name: string | undefined) => void
  readonly onModel: (model: DroppedModel) => void
}

function ModelPicker({ opened, value, onChange, onModel }: ModelPickerProps) {
  const folder = useRef<HTMLInputElement>(null)
  const { models } = opened
  const now = value ?? models[0] ?? ''
  return (
    <label>
      Tokenizer
      <select
        value={now}
        onChange={({ currentTarget }) => {
          const chosen = currentTarget.value
          if (chosen === ANOTHER) {
            currentTarget.value = now
            folder.current?.click()
          } else onChange(chosen === models[0] ? undefined : chosen)
        }}
      >
        {models.map(name => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
        <option value={ANOTHER}>another folder …</option>
      </select>
      <input
        ref={input => {
          folder.current = input
          // Types of Preact do not know it as an attribute.
          input?.toggleAttribute('webkitdirectory', true)
        }}
        type="file"
        hidden
        multiple
        aria-label="Model folder"
        onChange={async ({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])]
          currentTarget.value = ''
          const paths = files.map(
            file => [file.webkitRelativePath.replace(/^[^/]*\//, '') || file.name, file] as const,
          )
          const read = await readDropped(paths.filter(([path]) => isModelFile(path)))
          onModel({ name: nameFolder(files), files: read })
        }}
      />
    </label>
  )
}
