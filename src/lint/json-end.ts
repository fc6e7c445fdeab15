/** Where the JSON object that starts at a place ends: behind its last brace; undefined for one that doesn't end. */
export function findJsonEnd(text: string, startChar: number): number | undefined {
  let depth = 0
  let isString = false
  for (let at = startChar; at < text.length; at++) {
    const unit = text[at]
    if (isString) {
      if (unit === '\\') at++
      else if (unit === '"') isString = false
    } else if (unit === '"') isString = true
    else if (unit === '{') depth++
    else if (unit === '}' && --depth === 0) return at + 1
  }
  return undefined
}
