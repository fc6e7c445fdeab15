import type { Arguments, Expression, Node, Parameter } from './ast.ts'

/** The nodes inside a node, in the order of the text; targets and names of parameters are not among them. */
export function childrenOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'constant':
    case 'name':
    case 'namespace-target':
    case 'target-tuple':
    case 'text':
    case 'break':
    case 'continue':
      return []
    case 'tuple':
    case 'list':
    case 'concat':
    case 'output':
      return node.items
    case 'dict':
      return node.entries.flatMap(({ key, value }) => [key, value])
    case 'attribute':
      return [node.object]
    case 'item':
      return [node.object, node.index]
    case 'slice':
      return present(node.from, node.to, node.step)
    case 'call':
      return [node.callee, ...argumentsOf(node.args)]
    case 'filter':
      return [...present(node.input), ...argumentsOf(node.args)]
    case 'test':
      return [node.input, ...argumentsOf(node.args)]
    case 'unary':
      return [node.operand]
    case 'binary':
    case 'logic':
      return [node.left, node.right]
    case 'compare':
      return [node.first, ...node.rest.map(({ value }) => value)]
    case 'condition':
      return present(node.test, node.then, node.otherwise)
    case 'for':
      return [node.iterable, ...node.body, ...node.otherwise, ...present(node.test)]
    case 'if':
      return [node.test, ...node.body, ...node.elifs, ...node.otherwise]
    case 'set':
      return [node.value]
    case 'set-block':
      return [...present(node.filter), ...node.body]
    case 'macro':
      return [...defaultsOf(node.parameters), ...node.body]
    case 'call-block':
      return [node.call, ...defaultsOf(node.parameters), ...node.body]
    case 'filter-block':
      return [...node.body, node.filter]
    case 'with':
      return [...node.targets.map(({ value }) => value), ...node.body]
    case 'block':
    case 'generation':
    case 'template':
      return node.body
    default: {
      const never: never = node
      return never
    }
  }
}

function argumentsOf({ positional, named, list, dict }: Arguments): Expression[] {
  return [...positional, ...named.map(({ value }) => value), ...present(list, dict)]
}

function defaultsOf(parameters: readonly Parameter[]): Expression[] {
  return present(...parameters.map(parameter => parameter.default))
}

function present(...nodes: readonly (Expression | undefined)[]): Expression[] {
  return nodes.filter(node => node !== undefined)
}

/** Whether a node of that kind stands anywhere in a template. */
export function hasNode(node: Node, kind: Node['kind']): boolean {
  return node.kind === kind || childrenOf(node).some(child => hasNode(child, kind))
}

/** The names of all variables that a template reads anywhere, its own among them. */
export function findReadNames(node: Node, names: Set<string> = new Set()): ReadonlySet<string> {
  if (node.kind === 'name') names.add(node.name)
  for (const child of childrenOf(node)) findReadNames(child, names)
  return names
}
