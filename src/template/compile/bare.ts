import type { Frame } from '../runtime.ts'
import type { Expression } from '../syntax/ast.ts'
import type { Item } from '../values/value.ts'
import { compileAttribute, compileItem } from './access.ts'
import { compileExpression } from './expression.ts'
import type { Site } from './site.ts'

/** An expression whose value is only looked at: a string may come bare, without a Str that knows its origin. */
export type EvaluateBare = (frame: Frame) => Item

/** Compiles an expression for a comparison or a test, which keep nothing of what they see. */
export function compileBare(site: Site, node: Expression): EvaluateBare {
  switch (node.kind) {
    case 'constant': {
      const { value } = node
      return () => value
    }
    case 'attribute':
      return compileAttribute(site, node, 'bare')
    case 'item':
      return compileItem(site, node, 'bare')
    default:
      return compileExpression(site, node)
  }
}
