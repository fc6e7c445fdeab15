import type { JsonFloat } from '../../json/index.ts'

/** Where a node stands in the source's text. */
export interface Span {
  readonly start: number
  readonly end: number
}

export type BinaryOperator = '+' | '-' | '*' | '/' | '//' | '%' | '**'
export type CompareOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not in'

export interface ConstantNode extends Span {
  readonly kind: 'constant'
  readonly value: null | boolean | number | bigint | JsonFloat | string
}
/** A name that is read; in targets and parameters, written. */
export interface NameNode extends Span {
  readonly kind: 'name'
  readonly name: string
}
/** `ns.attribute` as the target of `set`. */
export interface NamespaceTarget extends Span {
  readonly kind: 'namespace-target'
  readonly name: string
  readonly attribute: string
}
export interface TupleNode extends Span {
  readonly kind: 'tuple'
  readonly items: readonly Expression[]
}
export interface ListNode extends Span {
  readonly kind: 'list'
  readonly items: readonly Expression[]
}
export interface DictNode extends Span {
  readonly kind: 'dict'
  readonly entries: readonly { readonly key: Expression; readonly value: Expression }[]
}
export interface AttributeNode extends Span {
  readonly kind: 'attribute'
  readonly object: Expression
  readonly name: string
}
export interface ItemNode extends Span {
  readonly kind: 'item'
  readonly object: Expression
  readonly index: Expression | SliceNode
}
export interface SliceNode extends Span {
  readonly kind: 'slice'
  readonly from: Expression | undefined
  readonly to: Expression | undefined
  readonly step: Expression | undefined
}
export interface Arguments {
  readonly positional: readonly Expression[]
  readonly named: readonly { readonly name: string; readonly value: Expression }[]
  /** `*list` and `**dict`. */
  readonly list: Expression | undefined
  readonly dict: Expression | undefined
}
export interface CallNode extends Span {
  readonly kind: 'call'
  readonly callee: Expression
  readonly args: Arguments
}
export interface FilterNode extends Span {
  readonly kind: 'filter'
  /** Undefined in a filter block, or in a `set` block: what was written there. */
  readonly input: Expression | undefined
  readonly name: string
  readonly args: Arguments
}
export interface TestNode extends Span {
  readonly kind: 'test'
  readonly input: Expression
  readonly name: string
  readonly args: Arguments
}
export interface UnaryNode extends Span {
  readonly kind: 'unary'
  readonly operator: 'not' | '-' | '+'
  readonly operand: Expression
}
export interface BinaryNode extends Span {
  readonly kind: 'binary'
  readonly operator: BinaryOperator
  readonly left: Expression
  readonly right: Expression
}
export interface LogicNode extends Span {
  readonly kind: 'logic'
  readonly operator: 'and' | 'or'
  readonly left: Expression
  readonly right: Expression
}
export interface CompareNode extends Span {
  readonly kind: 'compare'
  readonly first: Expression
  readonly rest: readonly { readonly operator: CompareOperator; readonly value: Expression }[]
}
/** `a ~ b ~ c`. */
export interface ConcatNode extends Span {
  readonly kind: 'concat'
  readonly items: readonly Expression[]
}
export interface ConditionNode extends Span {
  readonly kind: 'condition'
  readonly test: Expression
  readonly then: Expression
  readonly otherwise: Expression | undefined
}

export type Expression =
  | ConstantNode
  | NameNode
  | TupleNode
  | ListNode
  | DictNode
  | AttributeNode
  | ItemNode
  | CallNode
  | FilterNode
  | TestNode
  | UnaryNode
  | BinaryNode
  | LogicNode
  | CompareNode
  | ConcatNode
  | ConditionNode

export type Target = NameNode | NamespaceTarget | TargetTuple
export interface TargetTuple extends Span {
  readonly kind: 'target-tuple'
  readonly items: readonly Target[]
}

/** Text of the template itself, as it is written: white space control is done. */
export interface TextNode extends Span {
  readonly kind: 'text'
  readonly text: string
}
/** Texts and `{{ … }}` without a tag between. */
export interface OutputNode extends Span {
  readonly kind: 'output'
  readonly items: readonly (TextNode | Expression)[]
}
export interface ForNode extends Span {
  readonly kind: 'for'
  readonly target: Target
  readonly iterable: Expression
  readonly test: Expression | undefined
  readonly recursive: boolean
  readonly body: readonly Statement[]
  readonly otherwise: readonly Statement[]
}
export interface IfNode extends Span {
  readonly kind: 'if'
  readonly test: Expression
  readonly body: readonly Statement[]
  readonly elifs: readonly IfNode[]
  readonly otherwise: readonly Statement[]
}
export interface SetNode extends Span {
  readonly kind: 'set'
  readonly target: Target
  readonly value: Expression
}
export interface SetBlockNode extends Span {
  readonly kind: 'set-block'
  readonly target: Target
  readonly filter: FilterNode | undefined
  readonly body: readonly Statement[]
}
export interface Parameter {
  readonly name: string
  readonly default: Expression | undefined
}
export interface MacroNode extends Span {
  readonly kind: 'macro'
  readonly name: string
  readonly parameters: readonly Parameter[]
  readonly body: readonly Statement[]
}
export interface CallBlockNode extends Span {
  readonly kind: 'call-block'
  readonly call: CallNode
  readonly parameters: readonly Parameter[]
  readonly body: readonly Statement[]
}
export interface FilterBlockNode extends Span {
  readonly kind: 'filter-block'
  readonly filter: FilterNode
  readonly body: readonly Statement[]
}
export interface WithNode extends Span {
  readonly kind: 'with'
  readonly targets: readonly { readonly target: Target; readonly value: Expression }[]
  readonly body: readonly Statement[]
}
/** A named block: it has variables of its own and stands where it is written. */
export interface BlockNode extends Span {
  readonly kind: 'block'
  readonly name: string
  readonly body: readonly Statement[]
}
/** `{% generation %}`, transformers' marks. */
export interface GenerationNode extends Span {
  readonly kind: 'generation'
  readonly body: readonly Statement[]
}
export interface JumpNode extends Span {
  readonly kind: 'break' | 'continue'
}

export type Statement =
  | OutputNode
  | ForNode
  | IfNode
  | SetNode
  | SetBlockNode
  | MacroNode
  | CallBlockNode
  | FilterBlockNode
  | WithNode
  | BlockNode
  | GenerationNode
  | JumpNode

export interface TemplateNode extends Span {
  readonly kind: 'template'
  readonly body: readonly Statement[]
}

export type Node =
  | Expression
  | SliceNode
  | NamespaceTarget
  | TargetTuple
  | TextNode
  | Statement
  | TemplateNode
