import { useRef } from 'preact/hooks'
import { readDropped } from '../dropped-files.ts'
import { ANOTHER } from './inputs.tsx'
import type { DroppedModel, Opened } from './messages.ts'
import { isModelFile, nameFolder } from './sort-dropped.ts'

interface ModelPickerProps {
  readonly opened: Opened
  readonly value: string | undefined
  readonly onChange: (name: string | undefined) => void
  readonly onModel: (model: DroppedModel) => void
}

export function ModelPicker({ opened, value, onChange, onModel }: ModelPickerProps) {
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
