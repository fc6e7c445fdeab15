// Over 400 lines: one grammar, its levels of precedence in the order in which they call one another.
import { JsonFloat } from '../../json/index.ts'
import { pyInt } from '../python/index.ts'
import type {
  Arguments,
  BinaryOperator,
  CallNode,
  CompareOperator,
  Expression,
  FilterNode,
  NamespaceTarget,
  SliceNode,
  Target,
} from './ast.ts'
import type { TokenKind } from './lexer.ts'
import { describe, type TokenStream } from './token-stream.ts'

/** Python's own parser stops near here; deeper nesting would overflow the stack. */
const MAX_DEPTH = 200

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>='])
/** What may begin the argument of a test that is written without parentheses. */
const ARGUMENT_KINDS: ReadonlySet<TokenKind> = new Set(['name', 'string', 'integer', 'float', '(', '[', '{'])
const NO_ARGUMENTS: Arguments = { positional: [], named: [], list: undefined, dict: undefined }

/** Expressions, with the precedence and the oddities of Jinja2 3.1 (`-x | abs` is `-(x) | abs`, `a.b` in a test's argument). */
export class ExpressionParser {
  readonly stream: TokenStream
  #depth = 0

  constructor(stream: TokenStream) {
    this.stream = stream
  }

  expression(withCondition = true): Expression {
    if (++this.#depth > MAX_DEPTH) throw this.stream.fail('the expression is nested too deep')
    const parsed = withCondition ? this.#condition() : this.#or()
    this.#depth--
    return parsed
  }

  /** An expression, or a tuple of several without parentheses. */
  tuple(options: { withCondition?: boolean; endName?: string; parenthesized?: boolean } = {}): Expression {
    const { start } = this.stream.current
    const items: Expression[] = []
    let isTuple = false
    while (!this.#isTupleEnd(options.endName)) {
      items.push(this.expression(options.withCondition ?? true))
      if (!this.stream.is(',')) break
      isTuple = true
      this.stream.take()
    }
    if (!isTuple && items.length === 1) return items[0]!
    if (items.length === 0 && !isTuple && options.parenthesized !== true) {
      throw this.stream.fail(`expected an expression, found ${describe(this.stream.current)}`)
    }
    return { kind: 'tuple', items, start, end: this.stream.lastEnd }
  }

  #isTupleEnd(endName: string | undefined): boolean {
    const { stream } = this
    return (
      stream.is('print-end') ||
      stream.is('tag-end') ||
      stream.is(')') ||
      (endName !== undefined && stream.isName(endName))
    )
  }

  /** What a `for` or a `set` writes to: a name, a tuple of such, and with `namespaces` an attribute of a namespace. */
  target(options: { namespaces?: boolean; endName?: string } = {}): Target {
    const { stream } = this
    const { start } = stream.current
    const items: Target[] = []
    let isTuple = false
    while (!this.#isTupleEnd(options.endName)) {
      items.push(this.#oneTarget(options.namespaces ?? false))
      if (!stream.is(',')) break
      isTuple = true
      stream.take()
    }
    if (!isTuple && items.length === 1) return items[0]!
    if (items.length === 0)
      throw stream.fail(`expected a name to assign to, found ${describe(stream.current)}`)
    return { kind: 'target-tuple', items, start, end: stream.lastEnd }
  }

  #oneTarget(namespaces: boolean): Target {
    const { stream } = this
    if (stream.is('(')) {
      const { start } = stream.take()
      const inner = this.target({ namespaces })
      stream.expect(')')
      return { ...inner, start, end: stream.lastEnd }
    }
    const token = stream.expect('name')
    if (CONSTANT_NAMES.has(token.value)) throw stream.fail(`${token.value} can't be assigned to`, token)
    if (namespaces && stream.takeIf('.')) {
      const attribute = stream.expect('name').value
      const target: NamespaceTarget = {
        kind: 'namespace-target',
        name: token.value,
        attribute,
        start: token.start,
        end: stream.lastEnd,
      }
      return target
    }
    return { kind: 'name', name: token.value, start: token.start, end: token.end }
  }

  #condition(): Expression {
    const { stream } = this
    let then = this.#or()
    while (stream.takeName('if')) {
      const test = this.#or()
      const otherwise = stream.takeName('else') ? this.expression() : undefined
      then = { kind: 'condition', test, then, otherwise, start: then.start, end: stream.lastEnd }
    }
    return then
  }

  #or(): Expression {
    let left = this.#and()
    while (this.stream.takeName('or')) {
      const right = this.#and()
      left = { kind: 'logic', operator: 'or', left, right, start: left.start, end: right.end }
    }
    return left
  }

  #and(): Expression {
    let left = this.#not()
    while (this.stream.takeName('and')) {
      const right = this.#not()
      left = { kind: 'logic', operator: 'and', left, right, start: left.start, end: right.end }
    }
    return left
  }

  #not(): Expression {
    if (!this.stream.isName('not')) return this.#compare()
    if (++this.#depth > MAX_DEPTH) throw this.stream.fail('the expression is nested too deep')
    const { start } = this.stream.take()
    const operand = this.#not()
    this.#depth--
    return { kind: 'unary', operator: 'not', operand, start, end: operand.end }
  }

  #compare(): Expression {
    const first = this.#sum()
    const rest: { operator: CompareOperator; value: Expression }[] = []
    for (let operator = this.#comparison(); operator !== undefined; operator = this.#comparison()) {
      rest.push({ operator, value: this.#sum() })
    }
    return rest.length === 0
      ? first
      : { kind: 'compare', first, rest, start: first.start, end: this.stream.lastEnd }
  }

  #comparison(): CompareOperator | undefined {
    const { stream } = this
    if (COMPARISONS.has(stream.current.kind)) return stream.take().kind as CompareOperator
    if (stream.takeName('in')) return 'in'
    if (!stream.isName('not') || stream.following.kind !== 'name' || stream.following.value !== 'in')
      return undefined
    stream.take()
    stream.take()
    return 'not in'
  }

  #sum(): Expression {
    return this.#leftToRight(['+', '-'], () => this.#concat())
  }

  #concat(): Expression {
    const first = this.#product()
    if (!this.stream.is('~')) return first
    const items = [first]
    while (this.stream.takeIf('~')) items.push(this.#product())
    return { kind: 'concat', items, start: first.start, end: this.stream.lastEnd }
  }

  #product(): Expression {
    return this.#leftToRight(['*', '/', '//', '%'], () => this.#power())
  }

  /** Unlike Python's, Jinja2's power goes from left to right. */
  #power(): Expression {
    return this.#leftToRight(['**'], () => this.#unary(true))
  }

  #leftToRight(operators: readonly BinaryOperator[], operand: () => Expression): Expression {
    let left = operand()
    while ((operators as readonly string[]).includes(this.stream.current.kind)) {
      const operator = this.stream.take().kind as BinaryOperator
      const right = operand()
      left = { kind: 'binary', operator, left, right, start: left.start, end: right.end }
    }
    return left
  }

  #unary(withFilter: boolean): Expression {
    const { stream } = this
    const { start } = stream.current
    let node: Expression
    if (stream.is('-') || stream.is('+')) {
      if (++this.#depth > MAX_DEPTH) throw stream.fail('the expression is nested too deep')
      const operator = stream.take().kind as '-' | '+'
      const operand = this.#unary(false)
      this.#depth--
      node = { kind: 'unary', operator, operand, start, end: operand.end }
    } else {
      node = this.#primary()
    }
    node = this.#postfix(node)
    return withFilter ? this.#filtersAndTests(node) : node
  }

  #primary(): Expression {
    const { stream } = this
    const token = stream.current
    const { start } = token
    switch (token.kind) {
      case 'name': {
        stream.take()
        const value = CONSTANT_NAMES.get(token.value)
        if (value !== undefined) return { kind: 'constant', value, start, end: token.end }
        return { kind: 'name', name: token.value, start, end: token.end }
      }
      case 'string': {
        let value = ''
        while (stream.is('string')) value += stream.take().value
        return { kind: 'constant', value, start, end: stream.lastEnd }
      }
      case 'integer':
        stream.take()
        return { kind: 'constant', value: pyInt(BigInt(token.value)), start, end: token.end }
      case 'float': {
        stream.take()
        const number = Number(token.value)
        const value = Number.isInteger(number) ? new JsonFloat(number) : number
        return { kind: 'constant', value, start, end: token.end }
      }
      case '(': {
        stream.take()
        const inner = this.tuple({ parenthesized: true })
        stream.expect(')')
        return inner
      }
      case '[':
        return this.#list()
      case '{':
        return this.#dict()
      default:
        throw stream.fail(`expected an expression, found ${describe(token)}`)
    }
  }

  #list(): Expression {
    const { stream } = this
    const { start } = stream.expect('[')
    const items: Expression[] = []
    while (!stream.is(']')) {
      items.push(this.expression())
      if (!stream.is(']')) stream.expect(',')
    }
    stream.take()
    return { kind: 'list', items, start, end: stream.lastEnd }
  }

  #dict(): Expression {
    const { stream } = this
    const { start } = stream.expect('{')
    const entries: { key: Expression; value: Expression }[] = []
    while (!stream.is('}')) {
      const key = this.expression()
      stream.expect(':')
      entries.push({ key, value: this.expression() })
      if (!stream.is('}')) stream.expect(',')
    }
    stream.take()
    return { kind: 'dict', entries, start, end: stream.lastEnd }
  }

  #postfix(first: Expression): Expression {
    const { stream } = this
    let node = first
    while (true) {
      if (stream.is('.')) node = this.#attribute(node)
      else if (stream.is('[')) node = this.#item(node)
      else if (stream.is('(')) node = this.#call(node)
      else return node
    }
  }

  #attribute(object: Expression): Expression {
    const { stream } = this
    stream.take()
    const token = stream.take()
    const { start } = object
    if (token.kind === 'name') return { kind: 'attribute', object, name: token.value, start, end: token.end }
    if (token.kind !== 'integer') {
      throw stream.fail(`expected a name or a number after '.', found ${describe(token)}`, token)
    }
    const value = pyInt(BigInt(token.value))
    return {
      kind: 'item',
      object,
      index: { kind: 'constant', value, start: token.start, end: token.end },
      start,
      end: token.end,
    }
  }

  #item(object: Expression): Expression {
    const { stream } = this
    const open = stream.take()
    const indexes: (Expression | SliceNode)[] = []
    while (!stream.is(']')) {
      if (indexes.length > 0) stream.expect(',')
      indexes.push(this.#subscript())
    }
    stream.take()
    const { start } = object
    const end = stream.lastEnd
    if (indexes.length === 1) return { kind: 'item', object, index: indexes[0]!, start, end }
    if (indexes.some(index => index.kind === 'slice')) {
      throw stream.fail('a slice stands alone between brackets', open)
    }
    const index: Expression = { kind: 'tuple', items: indexes as Expression[], start: open.start, end }
    return { kind: 'item', object, index, start, end }
  }

  #subscript(): Expression | SliceNode {
    const { stream } = this
    const { start } = stream.current
    const isEnd = () => stream.is(']') || stream.is(',') || stream.is(':')
    const from = stream.is(':') ? undefined : this.expression()
    if (from !== undefined && !stream.is(':')) return from
    stream.take()
    const to = isEnd() ? undefined : this.expression()
    const step = stream.takeIf(':') && !isEnd() ? this.expression() : undefined
    return { kind: 'slice', from, to, step, start, end: stream.lastEnd }
  }

  #call(callee: Expression): CallNode {
    const args = this.#arguments()
    return { kind: 'call', callee, args, start: callee.start, end: this.stream.lastEnd }
  }

  #arguments(): Arguments {
    const { stream } = this
    const open = stream.expect('(')
    const positional: Expression[] = []
    const named: { name: string; value: Expression }[] = []
    let list: Expression | undefined
    let dict: Expression | undefined
    const allow = (isRight: boolean) => {
      if (!isRight) throw stream.fail('the arguments are in a wrong order', open)
    }
    while (!stream.is(')')) {
      if (stream.is('*')) {
        allow(list === undefined && dict === undefined)
        stream.take()
        list = this.expression()
      } else if (stream.is('**')) {
        allow(dict === undefined)
        stream.take()
        dict = this.expression()
      } else if (stream.is('name') && stream.following.kind === '=') {
        allow(dict === undefined)
        const name = stream.take().value
        stream.take()
        if (named.some(one => one.name === name))
          throw stream.fail(`the argument ${name} is given twice`, open)
        named.push({ name, value: this.expression() })
      } else {
        allow(list === undefined && dict === undefined && named.length === 0)
        positional.push(this.expression())
      }
      if (!stream.is(')')) stream.expect(',')
    }
    stream.take()
    return { positional, named, list, dict }
  }

  #filtersAndTests(first: Expression): Expression {
    const { stream } = this
    let node = first
    while (true) {
      if (stream.is('|')) node = this.filters(node)!
      else if (stream.isName('is')) node = this.#test(node)
      else if (stream.is('(')) node = this.#call(node)
      else return node
    }
  }

  /** `| name(…) | name`; without an input, in blocks, what the block wrote. */
  filters<T extends Expression | undefined>(input: T): FilterNode | T {
    let node: FilterNode | T = input
    while (this.stream.is('|')) {
      this.stream.take()
      node = this.filter(node)
    }
    return node
  }

  /** One filter, without the bar before it. */
  filter(input: Expression | undefined): FilterNode {
    const { start, name } = this.#dottedName()
    const args = this.stream.is('(') ? this.#arguments() : NO_ARGUMENTS
    return { kind: 'filter', input, name, args, start: input?.start ?? start, end: this.stream.lastEnd }
  }

  #dottedName(): { start: number; name: string } {
    const { start, value } = this.stream.expect('name')
    let name = value
    while (this.stream.takeIf('.')) name += `.${this.stream.expect('name').value}`
    return { start, name }
  }

  #test(input: Expression): Expression {
    const { stream } = this
    stream.take()
    const negated = stream.takeName('not')
    const { name } = this.#dottedName()
    const args = this.#testArguments()
    const { start } = input
    const test: Expression = { kind: 'test', input, name, args, start, end: stream.lastEnd }
    return negated ? { kind: 'unary', operator: 'not', operand: test, start, end: test.end } : test
  }

  #testArguments(): Arguments {
    const { stream } = this
    if (stream.is('(')) return this.#arguments()
    if (!ARGUMENT_KINDS.has(stream.current.kind) || stream.isName('else', 'or', 'and')) return NO_ARGUMENTS
    if (stream.isName('is')) throw stream.fail("tests can't be chained with is")
    return { ...NO_ARGUMENTS, positional: [this.#postfix(this.#primary())] }
  }
}

const CONSTANT_NAMES: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['none', null],
  ['None', null],
])
