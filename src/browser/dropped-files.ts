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

/**
 * All files of what was dropped, folders walked; each with its path inside of the dropped folder. To be called while the drop is handled: the
 * items are gone afterwards.
 */
export async function listDropped(transfer: DataTransfer): Promise<PathedFile[]> {
  const items = [...transfer.items].map(openItem).filter(item => item !== undefined)
  // The name of the one dropped folder is no part of its files' names.
  const isAlone = items.length === 1
  return (await Promise.all(items.map(list => list(isAlone)))).flat()
}

type PathedFile = readonly [path: string, file: File]

/** How to list an item's files; of a folder without its own name in their paths, where it is alone. */
function openItem(item: DataTransferItem): ((isAlone: boolean) => Promise<PathedFile[]>) | undefined {
  const entry = item.webkitGetAsEntry()
  if (entry === null) return undefined
  if (entry.isFile) {
    // Chromium lets a page that was opened from a disk have the file so, and not from its entry.
    const file = item.getAsFile()
    return async () => (file === null ? [] : [[entry.name, file]])
  }
  const toPrefix = (isAlone: boolean): string => (isAlone ? '' : `${entry.name}/`)
  // The same with folders, which other browsers give as entries only.
  const handle = (item as HandleItem).getAsFileSystemHandle?.()
  if (handle !== undefined) return async isAlone => walkHandle(await handle, toPrefix(isAlone))
  return isAlone => walkEntry(entry as FileSystemDirectoryEntry, toPrefix(isAlone))
}

interface HandleItem {
  /** Chromium's; to be asked while the drop is handled. */
  readonly getAsFileSystemHandle?: () => Promise<DirectoryHandle>
}

interface DirectoryHandle {
  values(): AsyncIterable<
    | ({ readonly kind: 'directory'; readonly name: string } & DirectoryHandle)
    | { readonly kind: 'file'; readonly name: string; getFile(): Promise<File> }
  >
}

async function walkHandle(folder: DirectoryHandle, prefix: string): Promise<PathedFile[]> {
  const files: PathedFile[] = []
  for await (const child of folder.values()) {
    const path = `${prefix}${child.name}`
    if (child.kind === 'file') files.push([path, await child.getFile()])
    else files.push(...(await walkHandle(child, `${path}/`)))
  }
  return files
}

/** The name of the one folder that was dropped; undefined where something else was. To be asked while the drop is handled. */
export function nameDropped(transfer: DataTransfer): string | undefined {
  const entries = [...transfer.items].map(item => item.webkitGetAsEntry())
  return entries.length === 1 && entries[0]?.isDirectory ? entries[0].name : undefined
}

async function walkEntry(folder: FileSystemDirectoryEntry, prefix: string): Promise<PathedFile[]> {
  const inside = await listEntries(folder)
  const walked = inside.map(async (child): Promise<PathedFile[]> => {
    const path = `${prefix}${child.name}`
    if (child.isFile) return [[path, await toFile(child as FileSystemFileEntry)]]
    return walkEntry(child as FileSystemDirectoryEntry, `${path}/`)
  })
  return (await Promise.all(walked)).flat()
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
