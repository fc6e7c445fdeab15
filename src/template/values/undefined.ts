import { RenderFault } from '../template-error.ts'
import { TemplateObject } from './template-object.ts'

/** jinja2.Undefined: prints as nothing, has no items, and refuses everything else. */
export class Undefined extends TemplateObject {
  /** What is missing, in words, or a function that says it: most are never asked. */
  readonly #message: string | (() => string)
  readonly #code: 'template/undefined' | 'template/security'

  constructor(
    message: string | (() => string),
    code: 'template/undefined' | 'template/security' = 'template/undefined',
  ) {
    super()
    this.#message = message
    this.#code = code
  }

  override get typeName(): string {
    return 'Undefined'
  }
  override get isTrue(): boolean {
    return false
  }

  /** What using the value raises. */
  fault(): RenderFault {
    return new RenderFault(this.#code, typeof this.#message === 'string' ? this.#message : this.#message())
  }
}
