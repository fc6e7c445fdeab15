/**
 * Where two templates begin to differ: `line 3, column 17 on: "a" against "b"`; undefined where they don't, but for white space at the end.
 */
export function findDifference(source: string, other: string): string | undefined {
  if (source.trimEnd() === other.trimEnd()) return undefined
  const [mine, own] = [source.split('\n'), other.split('\n')]
  const line = mine.findIndex((text, l) => text !== own[l])
  const at = line < 0 ? mine.length : line
  const [a, b] = [mine[at] ?? '', own[at] ?? '']
  let column = 0
  while (column < a.length && a[column] === b[column]) column++
  const cut = (text: string): string => JSON.stringify(text.slice(column, column + SHOWN))
  return `line ${at + 1}, column ${column + 1} on: ${cut(a)} against ${cut(b)}`
}

const SHOWN = 30
