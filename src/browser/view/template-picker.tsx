import { useRef } from 'preact/hooks'
import type { TemplateChoice } from '../../view/index.ts'
import { ANOTHER } from './inputs.tsx'
import type { Opened } from './messages.ts'

interface TemplatePickerProps {
  readonly label: string
  /** What choosing no template is called; undefined: one has to be chosen. */
  readonly none: string | undefined
  readonly templates: Opened['templates']
  /** Whether the model has one. */
  readonly hasOwn: boolean
  readonly value: TemplateChoice | undefined
  readonly onChange: (template: TemplateChoice | undefined) => void
}

export function TemplatePicker({ label, none, templates, hasOwn, value, onChange }: TemplatePickerProps) {
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
        {(hasOwn || none === undefined) && <option value="model">{hasOwn ? 'the model’s' : 'none'}</option>}
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
