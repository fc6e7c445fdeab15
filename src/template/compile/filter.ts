import { FILTERS } from '../filters/index.ts'
import { TESTS } from '../filters/tests.ts'
import { PROBES } from '../history/probes.ts'
import { unwrap } from '../operations/convert.ts'
import { bindArguments } from '../operations/signature.ts'
import type { Frame } from '../runtime.ts'
import type { FilterNode, TestNode } from '../syntax/ast.ts'
import { typeFault } from '../template-error.ts'
import { compileBare } from './bare.ts'
import { compileArguments, fits } from './call.ts'
import { compileExpression, compileTraced } from './expression.ts'
import type { Check, Evaluate, Site } from './site.ts'

/** `input | name(…)`; the input of a block's filter is what the block wrote. May give a Scalar. */
export function compileFilter(site: Site, node: FilterNode): Evaluate {
  const probe = PROBES.get(node.name)
  if (probe !== undefined && node.input !== undefined) {
    const value = compileTraced(site, node.input)
    return frame => probe(frame.runtime, value(frame))
  }
  const filter = FILTERS.get(node.name)
  if (filter === undefined) return compileUnknown(site, node, 'filter')
  const input: Evaluate =
    node.input === undefined
      ? frame => frame.runtime.captured
      : filter.isTraced === true
        ? compileTraced(site, node.input)
        : compileExpression(site, node.input)
  const { positional, named } = compileArguments(site, node.args)
  if (fits(filter, node.args)) {
    return frame => {
      const value = input(frame)
      const args = positional(frame)
      const { runtime } = frame
      runtime.at = node
      runtime.step()
      return filter.run(runtime, value, args, undefined)
    }
  }
  return frame => {
    const value = input(frame)
    const args = positional(frame)
    const byName = named(frame)
    const { runtime } = frame
    runtime.at = node
    runtime.step()
    return filter.run(runtime, value, bindArguments(filter, args, byName), byName)
  }
}

/** `input is name(…)`. */
export function compileTest(site: Site, node: TestNode): Check {
  const test = TESTS.get(node.name)
  if (test === undefined) return compileUnknown(site, node, 'test')
  const { checkItem } = test
  if (checkItem !== undefined && fits(test, node.args)) {
    const input = compileBare(site, node.input)
    return frame => checkItem(input(frame))
  }
  const input = compileExpression(site, node.input)
  const { positional, named } = compileArguments(site, node.args)
  return frame => {
    const value = input(frame)
    const args = positional(frame)
    const byName = named(frame)
    frame.runtime.at = node
    return test.check(frame.runtime, unwrap(value), bindArguments(test, args, byName))
  }
}

function compileUnknown(
  site: Site,
  node: FilterNode | TestNode,
  what: 'filter' | 'test',
): (frame: Frame) => never {
  const message = `No ${what} named '${node.name}'.`
  if (!site.isSoft) throw site.compilation.source.syntaxError(message, node.start, node.end)
  // In a branch it is no error until the branch is taken: templates ask `is defined` first.
  return frame => {
    frame.runtime.at = node
    throw typeFault(message)
  }
}
