import type { ModelFiles } from '../model-folder/index.ts'
/** Files as they were dropped; the names are paths from the dropped folder on. */
export type DroppedFiles = Readonly<Record<string, Uint8Array>>

/** Dropped or chosen files by their path from the folder on that was dropped. */
export async function readDropped(files: readonly (readonly [string, File])[]): Promise<DroppedFiles> {
  const read = await Promise.all(
    files.map(async ([path, file]) => [path, new Uint8Array(await file.arrayBuffer())] as const),
  )
  return Object.fromEntries(read)
}

/** All files of what was dropped, folders walked; each with its path inside of the dropped folder. */
export async function listDropped(transfer: DataTransfer): Promise<(readonly [string, File])[]> {
  const entries = [...transfer.items].map(item => item.webkitGetAsEntry()).filter(entry => entry !== null)
  const single = entries.length === 1 ? entries[0] : undefined
  // The name of the one dropped folder is no part of its files' names.
  const roots = single?.isDirectory ? await listEntries(single as FileSystemDirectoryEntry) : entries
  return (await Promise.all(roots.map(entry => walk(entry, '')))).flat()
}

/** The name of the one folder that was dropped; undefined where something else was. To be asked while the drop is handled. */
export function nameDropped(transfer: DataTransfer): string | undefined {
  const entries = [...transfer.items].map(item => item.webkitGetAsEntry())
  return entries.length === 1 && entries[0]?.isDirectory ? entries[0].name : undefined
}

async function walk(entry: FileSystemEntry, folder: string): Promise<(readonly [string, File])[]> {
  const path = `${folder}${entry.name}`
  if (entry.isFile) return [[path, await toFile(entry as FileSystemFileEntry)]]
  const inside = await listEntries(entry as FileSystemDirectoryEntry)
  return (await Promise.all(inside.map(one => walk(one, `${path}/`)))).flat()
}

function toFile(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject))
}

/** A reader gives a hundred entries at a time, and none when it is through. */
async function listEntries(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader()
  const all: FileSystemEntry[] = []
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    )
    if (some.length === 0) return all
    all.push(...some)
  }
}

/** Dropped files as a model folder. */
export function toModelFiles(files: DroppedFiles): ModelFiles {
  return {
    readText: name => (files[name] === undefined ? undefined : decodeText(files[name])),
    list: subfolder =>
      Object.keys(files)
        .filter(path => path.startsWith(`${subfolder}/`))
        .map(path => path.slice(subfolder.length + 1))
        .sort(),
    describe: name => name,
  }
}

/** UTF-8, without a byte order mark. @throws TypeError */
export function decodeText(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
}
