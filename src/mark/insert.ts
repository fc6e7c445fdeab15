import type { OuterLoop } from '../template/index.ts'
import type { MarkEdges, Tail, TurnEdges } from './learn.ts'

/**
 * The template with marks. What an iteration of its loops writes is caught in a variable, and written again: of an assistant's turn, what the model
 * has to write between `{% generation %}` and `{% endgeneration %}`. So the template's own code stays as it is, to the letter. Where an answer ends in
 * what is written next, the head of that is marked too; and what stands behind the loops is caught where it has anything to be marked.
 */
export function insertMarks(source: string, loops: readonly OuterLoop[], edges: MarkEdges): string {
  let text = source
  const last = loops.at(-1)!
  if (edges.isBehindMarked) {
    const catching = `{% set ${BEHIND} ${last.afterControl}%}`
    // Jinja leaves a last newline of the source out.
    const behind = text.slice(last.endChar).replace(/\n$/, '')
    text = `${text.slice(0, last.endChar)}${catching}${behind}{% endset %}${writeBehind(edges)}`
  }
  for (const loop of loops.toReversed()) text = catchTurn(text, loop, () => writeTurn(loop.item!, edges))
  return edges.nexts.length === 0 ? text : `{%+ set lossline = namespace(open=false) +%}${text}`
}

/** The template with what an iteration of a loop writes caught in a variable. @param write what is written then, given the variable's name */
export function catchTurn(source: string, loop: OuterLoop, write: (name: string) => string): string {
  const { bodyStartChar, bodyEndChar, startControl, endControl } = loop
  // The tags that are put in do to the white space at the body's ends what the loop's own tags did.
  const catching = `{% set ${TURN} ${startControl}%}`
  const writing = `{%${endControl} endset %}${write(TURN)}`
  return `${source.slice(0, bodyStartChar)}${catching}${source.slice(bodyStartChar, bodyEndChar)}${writing}${source.slice(bodyEndChar)}`
}

const TURN = 'lossline_turn'
const BEHIND = 'lossline_behind'

function writeTurn(item: string, { inLoop, nexts }: MarkEdges): string {
  const hasNexts = nexts.length > 0
  return [
    ...(hasNexts ? writeNext(TURN, nexts) : []),
    `{%- if ${item}.role == 'assistant' -%}`,
    ...writeAnswer(TURN, inLoop, hasNexts),
    ...(hasNexts
      ? [`{%- if ${TURN} -%}{%- set lossline.open = not (${endsWithStop(inLoop)}) -%}{%- endif -%}`]
      : []),
    `{%- else -%}${writeRest(TURN, hasNexts)}{%- endif -%}`,
  ].join('')
}

/** Behind the loops an answer is known by its head, and by its end where it has one: a generation prompt may have the same head. */
function writeBehind({ behind, nexts }: MarkEdges): string {
  const hasNexts = nexts.length > 0
  const next = hasNexts ? writeNext(BEHIND, nexts) : []
  if (behind.heads.length === 0) return [...next, writeRest(BEHIND, hasNexts)].join('')
  const isAnswer = behind.heads.map(head => `${BEHIND}.startswith(${toLiteral(head)})`).join(' or ')
  const ends = behind.tails.map(tail => `${BEHIND}.endswith(${toLiteral(tail.stop + tail.after)})`)
  const isEnded = ends.length === 0 ? '' : ` and (${ends.join(' or ')})`
  return [
    ...next,
    `{%- if (${isAnswer})${isEnded} -%}`,
    ...writeAnswer(BEHIND, behind, hasNexts),
    `{%- else -%}${writeRest(BEHIND, hasNexts)}{%- endif -%}`,
  ].join('')
}

/** After an answer that nothing has ended: the stop token that the next text begins with. */
function writeNext(name: string, nexts: readonly string[]): string[] {
  const length = nexts.reduceRight((otherwise, next) => startsWith(name, next, otherwise), '0')
  return [
    '{%- set lossline_from = 0 -%}',
    `{%- if lossline.open and ${name} -%}`,
    `{%- set lossline.open = false -%}{%- set lossline_from = ${length} -%}`,
    `{%- if lossline_from > 0 -%}{%- generation -%}{{- ${name}[:lossline_from] -}}{%- endgeneration -%}{%- endif -%}`,
    '{%- endif -%}',
  ]
}

function writeRest(name: string, hasNexts: boolean): string {
  return hasNexts ? `{{- ${name}[lossline_from:] -}}` : `{{- ${name} -}}`
}

function writeAnswer(name: string, { heads, tails, cuts }: TurnEdges, hasNexts: boolean): string[] {
  const start = heads.reduceRight((otherwise, head) => startsWith(name, head, otherwise), '0')
  const tail = tails.reduceRight((otherwise, { stop, after }) => {
    return after === ''
      ? otherwise
      : `${toLength(after)} if ${name}.endswith(${toLiteral(stop + after)}) else ${otherwise}`
  }, '0')
  const end = cuts.reduceRight((otherwise, { stop, after }) => {
    const cut = toLiteral(stop + after)
    return `${name}.split(${cut})[0] | length + ${toLength(stop)} if ${cut} in ${name} else ${otherwise}`
  }, `${name} | length - (${tail})`)
  return [
    `{%- set lossline_start = ${hasNexts ? `[${start}, lossline_from] | max` : start} -%}`,
    `{%- set lossline_end = [${end}, lossline_start] | max -%}`,
    `{{- ${name}[${hasNexts ? 'lossline_from' : ''}:lossline_start] -}}`,
    `{%- generation -%}{{- ${name}[lossline_start:lossline_end] -}}{%- endgeneration -%}`,
    `{{- ${name}[lossline_end:] -}}`,
  ]
}

function startsWith(name: string, head: string, otherwise: string): string {
  const text = toLiteral(head)
  return `${toLength(head)} if ${name}.startswith(${text}) else ${otherwise}`
}

/** Whether the turn has a stop token of its own. */
function endsWithStop({ tails, cuts }: TurnEdges): string {
  const hasStop = ({ stop }: Tail): boolean => stop !== ''
  const ends = tails.filter(hasStop).map(({ stop, after }) => `${TURN}.endswith(${toLiteral(stop + after)})`)
  const inside = cuts.filter(hasStop).map(({ stop, after }) => `${toLiteral(stop + after)} in ${TURN}`)
  return [...ends, ...inside].join(' or ') || 'false'
}

function toLength(text: string): string {
  return `${toLiteral(text)} | length`
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
