import { readDropped } from '../dropped-files.ts'
import type { DroppedModel } from './messages.ts'

type Files = readonly (readonly [path: string, file: File])[]

/** What was dropped on the page, by what it is for. */
export interface Dropped {
  readonly rows: File | undefined
  readonly model: DroppedModel | undefined
  readonly template: File | undefined
}

/** A tokenizer makes a model of all that lies beside it; a lone template is a template; anything else is a file of rows. */
export async function sortDropped(files: Files, folder: string | undefined): Promise<Dropped> {
  const isModel = files.some(([path]) => /^tokenizer\.json(\.gz)?$/.test(path))
  const others = files.filter(([path]) => !isModelFile(path) || /\.jsonl?(\.gz)?$/.test(path))
  if (isModel) {
    const read = await readDropped(files.filter(([path]) => isModelFile(path)))
    const rows = others
      .map(([, file]) => file)
      .find(file => /\.(jsonl|ndjson|csv|arrow|parquet)/.test(file.name))
    return { rows, model: { name: folder ?? 'dropped model', files: read }, template: undefined }
  }
  const template = files.map(([, file]) => file).find(({ name }) => /\.(jinja2?|j2)$/.test(name))
  const rows = files.map(([, file]) => file).find(({ name }) => !/\.(jinja2?|j2)$/.test(name))
  return { rows, model: undefined, template }
}

/** Weights are large, and say nothing of tokens. */
export function isModelFile(path: string): boolean {
  return /\.(json|jinja|txt|gz)$/.test(path) && !/\.index\.json$/.test(path)
}

/** The name of the folder that files were chosen from. */
export function nameFolder(files: readonly File[]): string {
  return files[0]?.webkitRelativePath.split('/')[0] || 'chosen model'
}
