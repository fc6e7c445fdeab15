import { useEffect, useState } from 'preact/hooks'
import type { StrategyName } from '../../mask/index.ts'
import type { StrategyFacts } from './messages.ts'
import { toPageWords } from './page-words.ts'

/** Stands in a list for what is still to be chosen. */
export const ANOTHER = '\u0000another'

interface ChoiceProps<Value extends string> {
  readonly label: string
  readonly values: readonly Value[]
  readonly value: Value | undefined
  readonly onChange: (value: Value | undefined) => void
}

export function Choice<Value extends string>({ label, values, value, onChange }: ChoiceProps<Value>) {
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

export function TextOption({ label, placeholder, value, onChange }: TextOptionProps) {
  // What is being typed stays while the page is drawn anew, as it is whenever rows come.
  const [text, setText] = useState(value ?? '')
  useEffect(() => setText(value ?? ''), [value])
  return (
    <label>
      {label}
      <input
        value={text}
        placeholder={placeholder}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
        onChange={({ currentTarget }) =>
          onChange(currentTarget.value === '' ? undefined : currentTarget.value)
        }
      />
    </label>
  )
}

interface StrategyPickerProps {
  readonly label: string
  readonly none: string
  readonly strategies: readonly StrategyFacts[]
  readonly value: StrategyName | undefined
  readonly onChange: (name: StrategyName | undefined) => void
}

export function StrategyPicker({ label, none, strategies, value, onChange }: StrategyPickerProps) {
  const chosen = strategies.find(({ name }) => name === value)
  return (
    <label title={chosen && toPageWords(chosen.summary)}>
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
