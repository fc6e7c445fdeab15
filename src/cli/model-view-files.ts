import type { ModelReport, TokenInFiles } from '../agreement/index.ts'
import { padTo, toThousands, toVisible, wrapWords } from '../inspect/index.ts'
import type { Drawing } from './model-view.ts'

const HEAD = ['', 'generation_config', 'config', 'tokenizer'] as const

/** What each file says of the same tokens, side by side. */
export function drawFiles({ files, hasTokenizer }: ModelReport, { width, paint }: Drawing): string[] {
  const { tokens, vocabulary, unusedTemplates } = files
  const isSaid =
    hasTokenizer || tokens.some(({ generation, model }) => generation !== undefined || model !== undefined)
  if (!isSaid) return []
  const size = (count: number | undefined): string => (count === undefined ? '–' : toThousands(count))
  const rows = [
    HEAD,
    ...tokens.map(token => [token.name, toIds(token.generation), toIds(token.model), toToken(token)]),
    ['tokens', '–', size(vocabulary.model), size(vocabulary.tokenizer)],
  ]
  const widths = HEAD.map((_, c) => Math.max(...rows.map(row => row[c]!.length)) + 2)
  const isNarrow = widths.reduce((sum, columns) => sum + columns, 0) > width
  const lines = isNarrow
    ? drawLists(rows, width)
    : rows.map(row =>
        row
          .map((cell, c) => padTo(cell, widths[c]!))
          .join('')
          .trimEnd(),
      )
  const unused = unusedTemplates.map(({ name, file }) => `not used: template ${name} in ${file}`)
  return [
    ...lines.map((line, l) => (l === 0 && !isNarrow ? paint.dim(line) : line)),
    ...unused.flatMap(line => wrapWords(line, width)),
    '',
  ]
}

function drawLists(rows: readonly (readonly string[])[], width: number): string[] {
  const [, ...items] = rows
  return items.flatMap(([name, ...cells]) =>
    cells.flatMap((cell, c) => (cell === '–' ? [] : wrapWords(`${name} ${HEAD[c + 1]} ${cell}`, width))),
  )
}

function toIds(ids: readonly number[] | undefined): string {
  if (ids === undefined) return 'no file'
  return ids.length === 0 ? '–' : ids.join(' ')
}

function toToken({ tokenizer }: TokenInFiles): string {
  if (tokenizer === undefined) return '–'
  return `${toVisible(tokenizer.text)} ${tokenizer.id ?? '(no such token)'}`
}
