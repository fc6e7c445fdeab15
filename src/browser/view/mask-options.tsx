import type { ViewSettings } from '../../view/index.ts'
import { Choice, TextOption } from './inputs.tsx'
import { dropUndefined, type Mask, readBy } from './mask-reads.ts'
import type { StrategyFacts } from './messages.ts'

interface MaskOptionsProps {
  readonly strategies: readonly StrategyFacts[]
  readonly settings: ViewSettings
  readonly onChange: (settings: ViewSettings) => void
}

/** The options that the strategies in use read. */
export function MaskOptionPickers({ strategies, settings, onChange }: MaskOptionsProps) {
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

/** As on the command line: `\n` is a newline. */
function fromEscaped(text: string | undefined): string | undefined {
  return text?.replace(/\\n/g, '\n').replace(/\\t/g, '\t')
}

function toEscaped(text: string | readonly number[] | undefined): string | undefined {
  return typeof text === 'string' ? text.replace(/\n/g, '\\n').replace(/\t/g, '\\t') : text?.join(',')
}
