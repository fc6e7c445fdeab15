/** A file and, for files of lines, the line from 1: `chats.jsonl:812` has both, `chats.json[811]` the file alone. */
export function toFilePlace(where: string): { readonly file: string; readonly line: number | undefined } {
  const first = where.split(', ')[0]!
  const [, file, line] = /^(.*):(\d+)$/.exec(first) ?? []
  if (file !== undefined) return { file, line: Number(line) }
  return { file: first.replace(/(?:\[\d+\]| row \d+)$/, ''), line: undefined }
}
