import type { Rendered, Source } from '../template/index.ts'
import { padLeftTo, padTo, widthOf } from './lines.ts'
import { toVisible } from './visible.ts'

/** One piece of a rendered text as JSON. */
export interface PieceJson {
  /** The range of the text, UTF-16 units. */
  readonly start: number
  readonly end: number
  /** `template`, `messages[2].content`, `tools`, … */
  readonly source: string
  /** Where in the source's own string the piece starts, when it is that string's characters one for one. */
  readonly source_start?: number
  /** Line and column (from 1) of what wrote it, in the template. */
  readonly line: number
  readonly column: number
}

/** The pieces of a rendered text with their sources and the places in the template that wrote them, as `render --trace --json` has them. */
export function toTraceJson({ pieces }: Rendered): PieceJson[] {
  return pieces.map(({ startChar, endChar, source, sourceChar, writer }) => ({
    start: startChar,
    end: endChar,
    source: nameSource(source),
    ...(sourceChar === undefined ? {} : { source_start: sourceChar }),
    line: writer.line,
    column: writer.column,
  }))
}

/** The pieces of a rendered text, one a line: what wrote it (line:column of the template), where its characters came from, and they. */
export function toTraceView({ text, pieces, turns }: Rendered): string {
  const rows = pieces.map(({ startChar, endChar, source, writer }) => ({
    startChar,
    place: `${writer.line}:${writer.column}`,
    source: nameSource(source),
    text: toVisible(text.slice(startChar, endChar)),
  }))
  const placeWidth = rows.reduce((width, { place }) => Math.max(width, place.length), 0)
  const sourceWidth = rows.reduce((width, { source }) => Math.min(40, Math.max(width, widthOf(source))), 0)
  const lines: string[] = []
  let turn = 0
  for (const row of rows) {
    const here = turns[turn]
    if (here !== undefined && row.startChar >= here.startChar) {
      lines.push(`turn of message ${here.message}`)
      turn++
    }
    lines.push(`  ${padLeftTo(row.place, placeWidth)}  ${padTo(row.source, sourceWidth)}  ${row.text}`)
  }
  return lines.join('\n')
}

/** In words that say where to look: `messages[2].content`. */
export function nameSource(source: Source): string {
  switch (source.kind) {
    case 'literal':
      return 'template'
    case 'message':
      return `messages[${source.message}].${source.path}`
    case 'variable':
      return source.path === '' || source.path.startsWith('[')
        ? source.name + source.path
        : `${source.name}.${source.path}`
    case 'computed':
      return 'computed'
    case 'union':
      return [...new Set(source.sources.map(nameSource))].join(' + ')
    default: {
      const never: never = source
      return never
    }
  }
}
