import { LosslineError, quote } from '../../error.ts'

/** What to do about a file that isn't as it should be. */
export const TAKE_AGAIN = 'The file is damaged or was edited: take it from its source again'

/**
 * A value inside a JSON file, with its path: it says where something unexpected was found.
 */
export class Field {
  readonly value: unknown
  readonly file: string
  /** `model.merges[3]`; empty for the whole file. */
  readonly path: string

  constructor(value: unknown, file: string, path = '') {
    this.value = value
    this.file = file
    this.path = path
  }

  /** For errors: file and path. */
  get where(): string {
    return this.path === '' ? this.file : `${this.file} ${this.path}`
  }

  /** The error that says what is here instead of what should be. */
  expected(what: string): LosslineError {
    const found = this.value === undefined ? 'is missing' : `is ${quote(this.value)}`
    return new LosslineError('tokenizer/json', `${found}: expected ${what}`, {
      where: this.where,
      fix: TAKE_AGAIN,
    })
  }

  get isAbsent(): boolean {
    return this.value === undefined || this.value === null
  }

  at(key: string): Field {
    const path = this.path === '' ? key : `${this.path}.${key}`
    const object = this.object()
    return new Field(Object.hasOwn(object, key) ? object[key] : undefined, this.file, path)
  }

  object(): Record<string, unknown> {
    const { value } = this
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw this.expected('an object')
    return value as Record<string, unknown>
  }

  items(): Field[] {
    if (!Array.isArray(this.value)) throw this.expected('an array')
    return this.value.map((item, index) => new Field(item, this.file, `${this.path}[${index}]`))
  }

  string(): string {
    if (typeof this.value !== 'string') throw this.expected('a string')
    return this.value
  }

  /** A string of exactly one code point. */
  char(): string {
    const text = this.string()
    if ([...text].length !== 1) throw this.expected('one character')
    return text
  }

  boolean(): boolean {
    if (typeof this.value !== 'boolean') throw this.expected('true or false')
    return this.value
  }

  /** A count or an id. */
  whole(): number {
    const { value } = this
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > 0xffffffff)
      throw this.expected('a whole number')
    return value
  }

  oneOf<const Choice extends string>(choices: readonly Choice[]): Choice {
    const found = choices.find(choice => choice === this.value)
    if (found === undefined) throw this.expected(`one of ${choices.join(', ')}`)
    return found
  }

  /** `read` of this field, or `fallback` when it is absent or null. */
  or<Value, Fallback>(fallback: Fallback, read: (field: Field) => Value): Value | Fallback {
    return this.isAbsent ? fallback : read(this)
  }
}
