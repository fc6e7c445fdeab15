/**
 * An error for the user: what happened, where, and what to do about it.
 *
 * `fix` names options in TRL's snake_case between braces, `{max_length}`; {@link describeError} words them for the caller:
 * `maxLength` from the API, `--max-length` from the command line, `max_length` in a config file.
 */
export class LosslineError extends Error {
  override readonly name = 'LosslineError'
  /** Stable, `area/what`: for programs. */
  readonly code: string
  /** File and row (`chats.jsonl:812`), a template's `line:column`, an option (`{packing}`, worded as in `fix`), a flag; undefined when the caller knows better. */
  readonly where: string | undefined
  /** What to do, an imperative sentence. */
  readonly fix: string | undefined

  constructor(code: string, what: string, at: { where?: string; fix?: string; cause?: unknown } = {}) {
    super(what, at.cause === undefined ? undefined : { cause: at.cause })
    this.code = code
    this.where = at.where
    this.fix = at.fix
    // What nobody catches is printed as its stack: the place and the fix belong there.
    if (this.stack !== undefined) this.stack = this.stack.replace(what, () => describeError(this))
  }

  /** The same error, with a place in front of the one it has: `chats.jsonl:812` + `messages[3].role`. */
  at(where: string): LosslineError {
    const place = this.where === undefined ? where : `${where} ${this.where}`
    const at = { where: place, cause: this.cause ?? this }
    return new LosslineError(this.code, this.message, this.fix === undefined ? at : { ...at, fix: this.fix })
  }
}

export type OptionStyle = 'api' | 'flag' | 'config'

/** The error in one line: `where what. fix`, with the options in the fix named as `style` writes them. */
export function describeError(error: LosslineError, style: OptionStyle = 'api'): string {
  const nameOption = (_: string, option: string): string => toOptionName(option, style)
  // Only a place that is an option as a whole: braces are fine in the names of files.
  const where = error.where?.replace(/^\{([a-z][a-z0-9_]*)\}$/, nameOption)
  const place = where === undefined ? '' : `${where} `
  if (error.fix === undefined) return `${place}${error.message}`
  const fix = error.fix.replace(/\{([a-z][a-z0-9_]*)\}/g, nameOption)
  return `${place}${error.message}${/[.!?]$/.test(error.message) ? '' : '.'} ${fix}`
}

function toOptionName(option: string, style: OptionStyle): string {
  if (style === 'flag') return `--${option.replaceAll('_', '-')}`
  if (style === 'config') return option
  return option.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

/** A value as an error message quotes it: on one line, cut to 40 characters. Lists and objects have their own brackets for quotes. */
export function quote(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
  const cut = text.length > 40 ? `${text.slice(0, 39)}…` : text
  return typeof value === 'object' && value !== null ? cut : JSON.stringify(cut)
}

/**
 * The `code` of an error of Node's (`ENOENT`); '' for anything else. Not asked by its class: in the sandbox of a test runner Node's errors are of
 * another realm.
 */
export function systemCodeOf(cause: unknown): string {
  return typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : ''
}
