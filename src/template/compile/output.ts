import { add } from '../operations/arithmetic.ts'
import { toStr } from '../operations/convert.ts'
import type { Frame, Runtime } from '../runtime.ts'
import type { Expression, OutputNode, Span } from '../syntax/ast.ts'
import { Str } from '../values/str.ts'
import type { Value } from '../values/value.ts'
import { compileCallWrite } from './call.ts'
import { compileExpression, compileTraced, evaluateAll } from './expression.ts'
import { NO_JUMP, type Run, type Site, toLiteral } from './site.ts'

type Write = (frame: Frame) => void

/** Text and `{{ … }}`. */
export function compileOutput(site: Site, node: OutputNode): Run {
  const writes = node.items.map(item => {
    const text = item.kind === 'text' ? item.text : item.kind === 'constant' ? item.value : undefined
    if (typeof text !== 'string') return compileWrite(site, item as Expression)
    const literal = toLiteral(site, text, item)
    return (frame: Frame) => frame.runtime.out.write(literal, item)
  })
  if (writes.length === 1) {
    const [write] = writes
    return frame => {
      write!(frame)
      return NO_JUMP
    }
  }
  return frame => {
    for (let i = 0; i < writes.length; i++) writes[i]!(frame)
    return NO_JUMP
  }
}

function compileWrite(site: Site, node: Expression): Write {
  if (node.kind === 'concat') {
    const items = node.items.map(item => compileTraced(site, item))
    return frame => {
      // All of them first: an error in the last leaves nothing half written in a buffer that someone looks at.
      const values = evaluateAll(frame, items)
      for (const value of values) writeValue(frame.runtime, value, node)
    }
  }
  const terms = sumTerms(node)
  if (terms.length > 1) return compileSum(site, node, terms)
  if (node.kind === 'call' && node.callee.kind !== 'attribute')
    return compileCallWrite(site, node, writeValue)
  const value = compileTraced(site, node)
  return frame => writeValue(frame.runtime, value(frame), node)
}

/** The terms of `a + b + c`, from left to right. */
export function sumTerms(node: Expression): Expression[] {
  const terms: Expression[] = []
  let at = node
  while (at.kind === 'binary' && at.operator === '+') {
    terms.push(at.right)
    at = at.left
  }
  terms.push(at)
  return terms.reverse()
}

/** A sum of strs is written term by term, without making the whole; for anything else it is added up as Python does. */
function compileSum(site: Site, node: Expression, terms: readonly Expression[]): Write {
  const reads = terms.map(term => compileExpression(site, term))
  const literals = terms.map(term =>
    term.kind === 'constant' && typeof term.value === 'string'
      ? toLiteral(site, term.value, term)
      : undefined,
  )
  const count = terms.length
  return frame => {
    // All of them first: what they are decides how they are added up.
    const values = new Array<Value>(count)
    let areStrs = true
    for (let i = 0; i < count; i++) {
      const literal = literals[i]
      if (literal !== undefined) {
        values[i] = literal
        continue
      }
      const value = reads[i]!(frame)
      // Markup would escape the others.
      if (!(value instanceof Str) || value.safe) areStrs = false
      values[i] = value
    }
    const { runtime } = frame
    if (areStrs) {
      const { out } = runtime
      for (let i = 0; i < count; i++) out.write(values[i] as Str, node)
      return
    }
    writeSum(runtime, values, node)
  }
}

/** What is no sum of plain strs. */
export function writeSum(runtime: Runtime, values: readonly Value[], node: Expression): void {
  runtime.at = node
  const sum = values.reduce((left, right) => add(runtime, left, right))
  writeValue(runtime, sum, node)
}

export function writeValue(runtime: Runtime, value: Value, writer: Span): void {
  if (value instanceof Str) {
    runtime.out.write(value, writer)
    return
  }
  runtime.at = writer
  runtime.out.write(toStr(runtime, value), writer)
}
