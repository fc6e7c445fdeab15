import { useState } from 'preact/hooks'
import { listDropped, nameDropped, readDropped } from '../dropped-files.ts'
import type { DroppedModel } from './messages.ts'
import { type Dropped, isModelFile, nameFolder, sortDropped } from './sort-dropped.ts'

export interface DropFilesProps {
  readonly onOpen: (file: File, model: DroppedModel) => void
  readonly problem: string | undefined
}

/** Two boxes that take a file of rows and a model folder; when both are there the page begins. */
export function DropFiles({ onOpen, problem }: DropFilesProps) {
  const [file, setFile] = useState<File>()
  const [model, setModel] = useState<DroppedModel>()
  /** Either box takes either. */
  const take = ({ rows, model: dropped }: Pick<Dropped, 'rows' | 'model'>): void => {
    const [newFile, newModel] = [rows ?? file, dropped ?? model]
    setFile(newFile)
    setModel(newModel)
    if (newFile !== undefined && newModel !== undefined) onOpen(newFile, newModel)
  }
  return (
    <main class="drop-page">
      <h1>Which tokens are trained?</h1>
      <p class="dim">Everything is computed in this page: nothing is uploaded.</p>
      <div class="drops">
        <DropBox
          id="dataset"
          title="1. Rows"
          text={
            file?.name ??
            'Drop a file here, or choose one: JSON lines, JSON, CSV or Arrow, plain, gzip or zstd'
          }
          isMany={false}
          onDropped={take}
          onChosen={async ([rows]) => take({ rows, model: undefined })}
        />
        <DropBox
          id="model"
          title="2. Tokenizer and template"
          text={
            model === undefined
              ? 'Drop a model folder, or choose its tokenizer.json, tokenizer_config.json and chat_template.jinja'
              : Object.keys(model.files).sort().join(', ').slice(0, 200)
          }
          isMany={true}
          onDropped={take}
          onChosen={async files => {
            const named = files
              .filter(({ name }) => isModelFile(name))
              .map(chosen => [chosen.name, chosen] as const)
            take({ rows: undefined, model: { name: nameFolder(files), files: await readDropped(named) } })
          }}
        />
      </div>
      {problem !== undefined && (
        <p class="warn" role="alert">
          {problem}
        </p>
      )}
      <p class="dim">
        Parquet is not read here: <code>lossline view FILE</code> does, and so does any tool that writes Arrow
        or JSON lines of it.
      </p>
    </main>
  )
}

interface DropBoxProps {
  readonly id: string
  readonly title: string
  readonly text: string
  readonly isMany: boolean
  readonly onDropped: (dropped: Dropped) => void
  readonly onChosen: (files: readonly File[]) => Promise<void>
}

function DropBox({ id, title, text, isMany, onDropped, onChosen }: DropBoxProps) {
  const [isOver, setOver] = useState(false)
  const onDrop = async (transfer: DataTransfer): Promise<void> => {
    const folder = nameDropped(transfer)
    onDropped(await sortDropped(await listDropped(transfer), folder))
  }
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
        if (event.dataTransfer !== null) void onDrop(event.dataTransfer)
      }}
    >
      <b>{title}</b>
      <span>{text}</span>
      <input
        type="file"
        id={`${id}-files`}
        multiple={isMany}
        onChange={({ currentTarget }) => void onChosen([...(currentTarget.files ?? [])])}
      />
    </label>
  )
}
