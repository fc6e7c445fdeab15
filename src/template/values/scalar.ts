import type { JsonFloat } from '../../json/index.ts'
import type { Origin } from './origin.ts'
import { TemplateObject } from './template-object.ts'

/**
 * A number, boolean or none of the data, on its way to being printed: it knows its origin. Only variables and the inputs of what
 * prints hold one; every other expression sees the bare value (see `compile/`).
 */
export class Scalar extends TemplateObject {
  readonly value: null | boolean | number | bigint | JsonFloat
  readonly origin: Origin

  constructor(value: null | boolean | number | bigint | JsonFloat, origin: Origin) {
    super()
    this.value = value
    this.origin = origin
  }

  override get typeName(): string {
    return 'scalar'
  }
}
