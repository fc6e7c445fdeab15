/** What may stand between fields, the likeliest first. */
const DELIMITERS = [',', '\t', ';'] as const

/** The delimiter that a header line has most of, outside of quotes; a comma where it has none. */
export function sniffDelimiter(header: string): string {
  const bare = header.replace(/"(?:[^"]|"")*"/g, '')
  const counts = DELIMITERS.map(delimiter => bare.split(delimiter).length)
  return DELIMITERS[counts.indexOf(Math.max(...counts))]!
}

/** Whether a line is surely a header: two or more plain names. */
export function looksLikeHeader(line: string): boolean {
  const names = line.trim().split(sniffDelimiter(line))
  return names.length > 1 && names.every(name => /^("?)[A-Za-z_][\w.-]*\1$/.test(name))
}
