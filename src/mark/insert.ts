import type { OuterLoop } from '../template/index.ts'
import type { TurnEdges } from './learn.ts'

/**
 * The template with marks in some of its loops. What an iteration writes is caught in a variable, and written again: of an assistant's turn,
 * what the model has to write between `{% generation %}` and `{% endgeneration %}`. So the template's own code stays as it is, to the letter.
 */
export function insertMarks(source: string, loops: readonly OuterLoop[], edges: TurnEdges): string {
  let text = source
  for (const loop of loops.toReversed()) {
    const { bodyStartChar, bodyEndChar, startControl, endControl } = loop
    // The tags that are put in do to the white space at the body's ends what the loop's own tags did.
    const catching = `{% set lossline_turn ${startControl}%}`
    const writing = `{%${endControl} endset %}${writeTurn(loop.target!, edges)}`
    text = `${text.slice(0, bodyStartChar)}${catching}${text.slice(bodyStartChar, bodyEndChar)}${writing}${text.slice(bodyEndChar)}`
  }
  return text
}

function writeTurn(message: string, { heads, tails }: TurnEdges): string {
  const start = heads.reduceRight((otherwise, head) => {
    const text = toLiteral(head)
    return `${text} | length if lossline_turn.startswith(${text}) else ${otherwise}`
  }, '0')
  const end = tails.reduceRight((otherwise, { stop, after }) => {
    return `${toLiteral(after)} | length if lossline_turn.endswith(${toLiteral(stop + after)}) else ${otherwise}`
  }, '0')
  return [
    `{%- if ${message}.role == 'assistant' -%}`,
    `{%- set lossline_start = ${start} -%}`,
    `{%- set lossline_end = lossline_turn | length - (${end}) -%}`,
    '{{- lossline_turn[:lossline_start] -}}',
    '{%- generation -%}{{- lossline_turn[lossline_start:lossline_end] -}}{%- endgeneration -%}',
    '{{- lossline_turn[lossline_end:] -}}',
    '{%- else -%}{{- lossline_turn -}}{%- endif -%}',
  ].join('')
}

/** A string of Jinja's, whose escapes are Python's. */
function toLiteral(text: string): string {
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "\\'")
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
  return `'${escaped}'`
}
