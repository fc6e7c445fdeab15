import { CHATML, GOOD } from '../example.ts'
import type { ModelRule } from '../rule.ts'

/** `<|…|>`, `[…]` in capitals, `<…>`. */
const MARKERS = /<\|[^<>|\s]{1,40}\|>|\[\/?[A-Z][A-Z_]{1,20}\]|<\/?[a-z][a-z_]{1,30}>/g
const SHOWN = 6

export const markerNotSpecial: ModelRule = {
  kind: 'model',
  name: 'marker-not-special',
  severity: 'warn',
  trigger:
    'A literal of the template that is shaped like a control token (<|…|>, […], <…>) is encoded as several tokens. XML that is opened and closed is text.',
  effect:
    'The tokenizer knows no such token: template and tokenizer may be of different models, and a user can write the marker as text.',
  fix: 'Use the template of this model, or add the token to the tokenizer and train its embedding.',
  needs: ['template'],
  wrong: { rows: [GOOD], template: CHATML.replace("'<|im_start|>' + m['role']", "'<turn>' + m['role']") },
  right: { rows: [GOOD] },
  check({ context }) {
    const { tokenizer, templates } = context
    const found = new Set(
      templates.flatMap(({ source }) => listLiterals(source).flatMap(text => text.match(MARKERS) ?? [])),
    )
    const split = [...found]
      .filter(marker => !isOfPair(marker, found))
      .filter(marker => tokenizer.encode(marker, { addSpecialTokens: false }).ids.length > 1)
    if (split.length === 0) return []
    const more = split.length > SHOWN ? ` and ${split.length - SHOWN} more` : ''
    const text = `The template writes ${split
      .slice(0, SHOWN)
      .map(marker => JSON.stringify(marker))
      .join(', ')}${more}, and the tokenizer has no such token.`
    return [{ rule: 'marker-not-special', severity: 'warn', text }]
  },
}

/** `<tools>` and `</tools>`: such tags are read as text, by models and by parsers of their calls. */
function isOfPair(marker: string, found: ReadonlySet<string>): boolean {
  if (!/^<\/?[a-z]/.test(marker)) return false
  return found.has(marker.startsWith('</') ? marker.replace('</', '<') : marker.replace('<', '</'))
}

/** The strings in a template's expressions, and its text outside of tags. */
function listLiterals(source: string): string[] {
  const strings = [...source.matchAll(/\{\{[\s\S]*?\}\}/g)].flatMap(
    ([tag]) => tag.match(/'[^']*'|"[^"]*"/g) ?? [],
  )
  return [...strings, source.replace(/\{[{%#][\s\S]*?[}%#]\}/g, ' ')]
}
