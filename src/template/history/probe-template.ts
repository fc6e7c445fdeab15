import type { Expression, FilterNode, ForNode, IfNode, Statement, TemplateNode } from '../syntax/ast.ts'
import { childrenOf, hasNode } from '../syntax/children.ts'
import { findListNames, isIndex, isList, type ListNames, writtenInside } from './list-names.ts'

/** A template that notes while it renders what a rendering of fewer messages would have in common with it. */
export interface ProbedTemplate {
  readonly tree: TemplateNode
  /** What stands behind the loop over the messages: it reads none of them, and nothing that was set on the way. */
  readonly tail: TemplateNode
  /** The variables that the tail reads. */
  readonly tailReads: readonly string[]
}

/**
 * Puts probes where a template may look ahead, and where its loop gets to a message.
 *
 * A template is a program that reads messages one by one: up to the moment when its loop gets to message m, having read nothing of m or
 * later ones, it can't know whether there are any. Without them it would have written the same text, and gone on behind the loop.
 *
 * @returns undefined for a template that isn't of that shape: no plain loop over the messages at its top, or something behind it that depends on
 *   what was done before
 */
export function probeTemplate(tree: TemplateNode): ProbedTemplate | undefined {
  if (hasNode(tree, 'block')) return undefined
  const body = withoutIdle(tree)
  const names = findListNames({ ...tree, body })
  if (names === undefined) return undefined
  const loopAt = body.findLastIndex(statement => isMessageLoop(statement, names))
  if (loopAt === -1) return undefined
  const tailBody = body.slice(loopAt + 1)
  const tailReads = [...new Set(tailBody.flatMap(readNames))]
  if (tailReads.some(name => names.written.has(name) || names.lists.has(name) || name === CLOCK))
    return undefined
  const prober = new Prober(names)
  const before = body.slice(0, loopAt).map(statement => prober.rewrite(statement, false))
  const loop = prober.rewriteLoop(body[loopAt] as ForNode)
  return {
    tree: { ...tree, body: [...before, loop, ...tailBody] },
    tail: { ...tree, body: tailBody },
    tailReads,
  }
}

const CLOCK = 'strftime_now'

/** What every rendering is given. */
const GIVEN: readonly string[] = ['add_generation_prompt', 'tools', 'documents']

/** The statements without those that set what is given, should it be missing: it never is, unless the template itself sets it somewhere else. */
function withoutIdle({ body }: TemplateNode): readonly Statement[] {
  const others = body.filter(statement => askedIfMissing(statement) === undefined)
  const written = new Set(others.flatMap(writtenInside))
  return body.filter(statement => {
    const name = askedIfMissing(statement)
    return name === undefined || written.has(name)
  })
}

/** The variable of `{% if not add_generation_prompt is defined %}…{% endif %}`. */
function askedIfMissing(statement: Statement): string | undefined {
  if (statement.kind !== 'if' || statement.elifs.length > 0 || statement.otherwise.length > 0)
    return undefined
  const { test } = statement
  if (test.kind !== 'unary' || test.operator !== 'not' || test.operand.kind !== 'test') return undefined
  const { name, input } = test.operand
  const isGiven = name === 'defined' && input.kind === 'name' && GIVEN.includes(input.name)
  return isGiven ? input.name : undefined
}

function isMessageLoop(statement: Statement, { lists }: ListNames): boolean {
  return (
    statement.kind === 'for' &&
    statement.target.kind === 'name' &&
    statement.test === undefined &&
    !statement.recursive &&
    statement.otherwise.length === 0 &&
    isList(statement.iterable, lists)
  )
}

function readNames(node: Parameters<typeof childrenOf>[0]): string[] {
  return node.kind === 'name' ? [node.name] : childrenOf(node).flatMap(readNames)
}

/** What `loop` says of the iterations so far. */
const SAID_BEFORE: readonly string[] = [
  'index',
  'index0',
  'first',
  'previtem',
  'depth',
  'depth0',
  'cycle',
  'changed',
]

class Prober {
  readonly #names: ListNames

  constructor(names: ListNames) {
    this.#names = names
  }

  rewriteLoop(loop: ForNode): ForNode {
    const { target, start } = loop
    if (target.kind !== 'name') return loop
    const note: IfNode = {
      kind: 'if',
      test: probe('turn starts', { ...target, start, end: start }),
      body: [],
      elifs: [],
      otherwise: [],
      start,
      end: start,
    }
    return { ...loop, body: [note, ...loop.body.map(statement => this.rewrite(statement, true))] }
  }

  /**
   * A copy of a part of the tree, with probes.
   *
   * @param isLoops whether `loop` is that of the messages there
   */
  rewrite<Part>(part: Part, isLoops: boolean): Part {
    if (Array.isArray(part)) return part.map((item: unknown) => this.rewrite(item, isLoops)) as Part
    if (typeof part !== 'object' || part === null) return part
    const node = part as unknown as Expression | Statement
    if (node.kind === 'constant') return part
    const probed = this.#probe(node, isLoops)
    if (probed !== undefined) return probed as Part
    return this.#rewriteParts(part, key => isLoops && !(node.kind === 'for' && key === 'body'))
  }

  #rewriteParts<Part extends object>(part: Part, isLoopsIn: (key: string) => boolean): Part {
    const entries = Object.entries(part).map(([key, value]) =>
      // Targets are written, not read.
      key === 'target' ? [key, value] : [key, this.rewrite(value as unknown, isLoopsIn(key))],
    )
    return Object.fromEntries(entries) as Part
  }

  /** A node that reads the messages or the loop over them, with its probe; undefined for all others. */
  #probe(node: Expression | Statement, isLoops: boolean): Expression | Statement | undefined {
    switch (node.kind) {
      case 'name':
        return this.#isRead(node.name, isLoops) ? probe('reads all', node) : undefined
      case 'attribute':
        if (!isLoops || node.object.kind !== 'name' || node.object.name !== 'loop') return undefined
        return SAID_BEFORE.includes(node.name) ? node : probe('reads all', node)
      case 'item':
        return node.object.kind === 'name' && this.#names.lists.has(node.object.name)
          ? this.#probeItem(node, isLoops)
          : undefined
      case 'test':
        // There is at least one message in what is asked of a history.
        return node.name === 'defined' && node.input.kind === 'name' && this.#names.lists.has(node.input.name)
          ? node
          : undefined
      case 'set':
        return isList(node.value, this.#names.lists) ? node : undefined
      default:
        return undefined
    }
  }

  #isRead(name: string, isLoops: boolean): boolean {
    return this.#names.lists.has(name) || name === 'add_generation_prompt' || (isLoops && name === 'loop')
  }

  #probeItem(node: Expression & { kind: 'item' }, isLoops: boolean): Expression | undefined {
    const { index } = node
    if (index.kind === 'slice') return undefined
    if (index.kind === 'constant' && isIndex(index.value)) return probe('reads message', node)
    return probe('reads message', { ...node, index: probe('counts on', this.rewrite(index, isLoops)) })
  }
}

function probe(name: string, input: Expression): FilterNode {
  const args = { positional: [], named: [], list: undefined, dict: undefined }
  return { kind: 'filter', input, name, args, start: input.start, end: input.end }
}
