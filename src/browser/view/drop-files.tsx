import { useState } from 'preact/hooks'
import { type DroppedFiles, listDropped, readDropped } from '../dropped-files.ts'

export interface DropFilesProps {
  readonly onOpen: (file: File, model: DroppedFiles) => void
  readonly problem: string | undefined
}

type Dropped = readonly (readonly [string, File])[]

/** Two boxes that take a file of rows and a model folder; when both are there the page begins. */
export function DropFiles({ onOpen, problem }: DropFilesProps) {
  const [file, setFile] = useState<File>()
  const [model, setModel] = useState<DroppedFiles>()
  const open = (rows: File | undefined, files: DroppedFiles | undefined): void => {
    if (rows !== undefined && files !== undefined) onOpen(rows, files)
  }
  return (
    <main class="drop-page">
      <h1>Which tokens are trained?</h1>
      <p class="dim">Everything is computed in this page: nothing is uploaded.</p>
      <div class="drops">
        <DropBox
          id="dataset"
          title="1. Rows"
          text={file?.name ?? 'Drop a .jsonl or .json file, or choose one'}
          isMany={false}
          onFiles={async ([first]) => {
            setFile(first?.[1])
            open(first?.[1], model)
          }}
        />
        <DropBox
          id="model"
          title="2. Tokenizer and template"
          text={
            model === undefined
              ? 'Drop a model folder, or choose its tokenizer.json, tokenizer_config.json and chat_template.jinja'
              : Object.keys(model).sort().join(', ').slice(0, 200)
          }
          isMany={true}
          onFiles={async files => {
            // Weights are large, and say nothing of tokens.
            const read = await readDropped(files.filter(([name]) => /\.(json|jinja|txt|gz)$/.test(name)))
            setModel(read)
            open(file, read)
          }}
        />
      </div>
      {problem !== undefined && (
        <p class="warn" role="alert">
          {problem}
        </p>
      )}
    </main>
  )
}

interface DropBoxProps {
  readonly id: string
  readonly title: string
  readonly text: string
  readonly isMany: boolean
  readonly onFiles: (files: Dropped) => Promise<void>
}

function DropBox({ id, title, text, isMany, onFiles }: DropBoxProps) {
  const [isOver, setOver] = useState(false)
  return (
    <label
      class={`drop${isOver ? ' over' : ''}`}
      id={`${id}-drop`}
      onDragOver={event => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={event => {
        event.preventDefault()
        setOver(false)
        if (event.dataTransfer !== null) void listDropped(event.dataTransfer).then(onFiles)
      }}
    >
      <b>{title}</b>
      <span>{text}</span>
      <input
        type="file"
        id={`${id}-files`}
        multiple={isMany}
        onChange={({ currentTarget }) =>
          void onFiles([...(currentTarget.files ?? [])].map(file => [file.name, file] as const))
        }
      />
    </label>
  )
}
