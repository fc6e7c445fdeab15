import { FILTERS } from '../../filters/index.ts'
import type { CallNode, Expression, FilterNode, OutputNode } from '../../syntax/ast.ts'
import { Passage, PassagePart } from '../../trace/log.ts'
import type { Str } from '../../values/str.ts'
import { sumTerms } from '../output.ts'
import { type Site, toLiteral } from '../site.ts'
import { openAccess } from './access.ts'
import type { Emitter } from './emitter.ts'
import { emitArguments, emitTraced, emitValue } from './expression.ts'
import { emitLoopAttribute } from './loop-attribute.ts'

type Form = 'value' | 'traced'

/** Something to be written: a literal, or what a temporary holds. */
type Term = { readonly literal: Str } | Held

interface Held {
  readonly literal?: undefined
  /** The temporary: a bare string of the data, or a value. */
  readonly name: string
  /** Whose item it is, where it is a bare string. */
  readonly owner?: string
  /** Under which key, as a constant and as it is. */
  readonly key?: string
  readonly text?: string
  /** What it holds as a value. */
  readonly value: string
}

/** Text and `{{ … }}`. */
export function emitOutput(emitter: Emitter, site: Site, node: OutputNode): void {
  for (const item of node.items) {
    const text = item.kind === 'text' ? item.text : item.kind === 'constant' ? item.value : undefined
    if (typeof text === 'string') emitter.literal(toLiteral(site, text, item), item)
    else emitter.statement(() => emitWrite(emitter, site, item as Expression))
  }
}

function emitWrite(emitter: Emitter, site: Site, node: Expression): void {
  // A mark counts what was written before it.
  if (site.compilation.hasMarks) emitter.flush()
  if (node.kind === 'call' && node.callee.kind !== 'attribute' && emitCallWrite(emitter, site, node)) return
  const terms = sumTerms(node)
  if (terms.length > 1) emitTerms(emitter, site, node, terms, 'value')
  else emitTerms(emitter, site, node, node.kind === 'concat' ? node.items : [node], 'traced')
}

/** A call writes where output goes. */
function emitCallWrite(emitter: Emitter, site: Site, node: CallNode): boolean {
  const callee = emitValue(emitter, site, node.callee)
  const given = emitArguments(emitter, site, node.args, emitTraced)
  if (given === undefined) return false
  emitter.handOver(`putCall(rt, o, ${callee}, ${given.args}, ${given.named}, ${emitter.constant(node)});`)
  return true
}

/** Writes strs at once; for anything else, what the closures do. */
function emitTerms(
  emitter: Emitter,
  site: Site,
  node: Expression,
  nodes: readonly Expression[],
  form: Form,
): void {
  const isSum = node.kind === 'binary'
  const terms = nodes.map((term): Term => {
    if (term.kind === 'constant' && typeof term.value === 'string') {
      return { literal: toLiteral(site, term.value, term) }
    }
    return emitTerm(emitter, site, term, form)
  })
  const held = terms.filter((term): term is Held => term.literal === undefined)
  const texts = new Map(held.map(term => [term, emitter.temporary()]))
  for (const [{ name }, text] of texts) {
    // Markup would escape what it is added to.
    const isStr = isSum ? `${name} instanceof Str && !${name}.safe` : `${name} instanceof Str`
    emitter.line(`${text} = typeof ${name} === 'string' ? ${name} : ${isStr} ? ${name}.text : undefined;`)
  }
  const here = emitter.constant(node)
  const passage = new Passage(terms.map(term => toPart(term, node)))
  const operands = held.map(({ name, owner }) =>
    owner === undefined ? name : `typeof ${name} === 'string' ? ${owner} : ${name}`,
  )
  const written = terms.map(term =>
    term.literal === undefined ? texts.get(term) : emitter.constant(term.literal.text),
  )
  const areStrs = [...texts.values()].map(text => `${text} !== undefined`).join(' && ')
  emitter.line(`if (${areStrs || 'true'}) {`)
  emitter.line(`o += ${written.join(' + ')};`)
  emitter.line(`if (o.length > room) tooLongAt(rt, ${here});`)
  emitter.line(`if (w !== undefined) w.push(${[emitter.constant(passage), ...operands].join(', ')});`)
  emitter.line('} else {')
  const values = terms.map(term => (term.literal === undefined ? term.value : emitter.constant(term.literal)))
  if (isSum) emitter.handOver(`putSum(rt, o, [${values.join(', ')}], ${here});`)
  else if (node.kind === 'concat') emitter.handOver(`putAll(rt, o, [${values.join(', ')}], ${here});`)
  else emitter.handOver(`put(rt, o, ${values[0]}, ${here});`)
  emitter.line('}')
}

function toPart(term: Term, writer: Expression): PassagePart {
  return new PassagePart(term.literal, term.literal === undefined ? term.text : undefined, writer)
}

function emitTerm(emitter: Emitter, site: Site, node: Expression, form: Form): Held {
  if (isTrim(node)) {
    const held = emitTerm(emitter, site, node.input!, 'value')
    const { name, value } = held
    const here = emitter.constant(node)
    emitter.line(`rt.at = ${here}; rt.step();`)
    emitter.line(
      `if (typeof ${name} !== 'string' || !isTrimmed(${name})) ${name} = ${emitter.constant(FILTERS.get('trim')!.run)}(rt, ${value}, NOTHING, undefined);`,
    )
    if (held.owner === undefined) return { name, value: name }
    return {
      ...held,
      value: `(typeof ${name} === 'string' ? itemOf(${held.owner}, ${held.key}, ${name}) : ${name})`,
    }
  }
  const isMember = node.kind === 'attribute' || node.kind === 'item'
  const access =
    isMember && emitLoopAttribute(emitter, site, node) === undefined
      ? openAccess(emitter, site, node)
      : undefined
  if (access === undefined) {
    const code = (form === 'value' ? emitValue : emitTraced)(emitter, site, node)
    const name = emitter.temporary()
    emitter.line(`${name} = ${code};`)
    return { name, value: name }
  }
  const { test, retest, owner, key, text, slow } = access
  const name = emitter.temporary()
  emitter.line(`${name} = ${test} ? ${owner}[${key}] : ${slow(form)};`)
  const read = form === 'value' ? 'itemOf' : 'tracedItemOf'
  return { name, owner, key, text, value: `(${retest} ? ${read}(${owner}, ${key}, ${name}) : ${name})` }
}

function isTrim(node: Expression): node is FilterNode {
  if (node.kind !== 'filter' || node.name !== 'trim' || node.input === undefined) return false
  const { positional, named, list, dict } = node.args
  return positional.length + named.length === 0 && list === undefined && dict === undefined
}
