export type PyErrorKind =
  | 'TypeError'
  | 'ValueError'
  | 'KeyError'
  | 'IndexError'
  | 'OverflowError'
  | 'ZeroDivisionError'
  | 'AssertionError'
  | 'UnicodeEncodeError'

/** What Python would raise, in Python's words. The template's evaluator knows the place, and makes a LosslineError of it. */
export class PyError extends Error {
  override readonly name = 'PyError'
  readonly kind: PyErrorKind

  constructor(kind: PyErrorKind, message: string) {
    super(message)
    this.kind = kind
  }
}
