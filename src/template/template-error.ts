import { LosslineError } from '../error.ts'
import type { TemplatePlace } from './rendered.ts'
import type { Span } from './syntax/ast.ts'

export type TemplateErrorCode =
  | 'template/syntax'
  | 'template/raise'
  | 'template/undefined'
  | 'template/type'
  | 'template/limit'
  | 'template/security'
  | 'template/options'

/** What is wrong with a template, or with what it was given. `where` is `name:line:column`. */
export class TemplateError extends LosslineError {
  /** The exact words of the template's `raise_exception`; undefined for all other errors. */
  readonly reason: string | undefined
  /** The part of the template that was at work; undefined for a wrong option. */
  readonly place: TemplatePlace | undefined

  constructor(
    code: TemplateErrorCode,
    what: string,
    at: { where?: string; fix?: string; reason?: string; place?: TemplatePlace; cause?: unknown } = {},
  ) {
    super(code, what, at)
    this.reason = at.reason
    this.place = at.place
  }
}

/** Raised while a template runs, in Jinja2's or Python's words; the template's edge adds the place and makes a {@link TemplateError}. */
export class RenderFault extends Error {
  override readonly name = 'RenderFault'
  readonly code: TemplateErrorCode
  readonly reason: string | undefined
  /** The part of the template that is to blame, where that may be another than the one at work. */
  readonly span: Span | undefined

  constructor(code: TemplateErrorCode, message: string, reason?: string, span?: Span) {
    super(message)
    this.code = code
    this.reason = reason
    this.span = span
  }
}

export function typeFault(message: string): RenderFault {
  return new RenderFault('template/type', message)
}

export function limitFault(message: string, span?: Span): RenderFault {
  return new RenderFault('template/limit', message, undefined, span)
}
