import type { Source, TemplatePlace } from '../rendered.ts'

/**
 * Where characters came from, as cheap as it can be told while rendering: a list, dict or set of variables is its own identity, and
 * is looked for in the conversation only when someone asks for the pieces.
 *
 * Undefined is text that the template made itself, of no text.
 */
export type Origin = Literal | ItemOrigin | KeyOrigin | WholeOrigin | UnionOrigin | TurnMark | undefined

/** A string or text that stands in the template. */
export class Literal {
  readonly source: Source
  constructor(place: TemplatePlace) {
    this.source = { kind: 'literal', place }
  }
}

/** The value under a key of a dict, at an index of a list, or of a variable. */
export class ItemOrigin {
  readonly owner: object
  readonly key: unknown
  constructor(owner: object, key: unknown) {
    this.owner = owner
    this.key = key
  }
}

/** A key of a dict itself. */
export class KeyOrigin {
  readonly owner: object
  readonly key: unknown
  constructor(owner: object, key: unknown) {
    this.owner = owner
    this.key = key
  }
}

/** A whole list or dict, rewritten (`tojson`). */
export class WholeOrigin {
  readonly value: object
  constructor(value: object) {
    this.value = value
  }
}

export class UnionOrigin {
  readonly left: Origin
  readonly right: Origin
  constructor(left: Origin, right: Origin) {
    this.left = left
    this.right = right
  }
}

/** No text: a turn about this message starts here, or ends. */
export class TurnMark {
  readonly message: number
  readonly isStart: boolean
  constructor(message: number, isStart: boolean) {
    this.message = message
    this.isStart = isStart
  }
}

export function joinOrigins(left: Origin, right: Origin): Origin {
  if (left === undefined || left === right) return right
  if (right === undefined) return left
  if (
    left instanceof ItemOrigin &&
    right instanceof ItemOrigin &&
    left.owner === right.owner &&
    left.key === right.key
  ) {
    return left
  }
  return new UnionOrigin(left, right)
}
