/** A range of the template's source, in UTF-16 units, with the line and column (from 1) of its start. */
export interface TemplatePlace {
  readonly startChar: number
  readonly endChar: number
  readonly line: number
  readonly column: number
}

/** The parts of a message that a model writes, and the others. */
export type MessageField = 'content' | 'reasoning' | 'tool_calls' | 'role' | 'name' | 'tool_call_id' | 'other'

/** Where a stretch of rendered text came from. */
export type Source =
  /** Written by the template itself. */
  | { readonly kind: 'literal'; readonly place: TemplatePlace }
  /** From a message. `path` is the way to the value inside the message: `content`, `content[0].text`, `tool_calls[1].function.name`. */
  | {
      readonly kind: 'message'
      readonly message: number
      readonly field: MessageField
      readonly path: string
    }
  /** From the tools' schemas, the documents, or another variable (`bos_token`, a key of `chat_template_kwargs`). */
  | { readonly kind: 'variable'; readonly name: string; readonly path: string }
  /** Made by the template from no text: `loop.index`, a date. */
  | { readonly kind: 'computed'; readonly place: TemplatePlace }
  /** Rewritten from several of the above (`tojson` of a whole message, `replace`, `upper`): all of them. */
  | { readonly kind: 'union'; readonly sources: readonly Source[] }

/** A stretch of the rendered text with one source. */
export interface Piece {
  /** UTF-16 units of the text, [startChar, endChar). */
  readonly startChar: number
  readonly endChar: number
  readonly source: Source
  /**
   * Where in the source's string the piece starts (UTF-16 units), when the piece is that string's characters one for one;
   * undefined when they were rewritten (`tojson`, `upper`, `replace`).
   */
  readonly sourceChar: number | undefined
  /** The template's expression or text that wrote it. */
  readonly writer: TemplatePlace
}

/** The text written in one iteration of the (outermost) loop over the messages. */
export interface Turn {
  /** Index of the message that the iteration is about. */
  readonly message: number
  readonly startChar: number
  readonly endChar: number
}

export interface CharRange {
  readonly startChar: number
  readonly endChar: number
}

/**
 * A rendered conversation: the text, and where every character of it came from.
 * The pieces are in order, not empty, and joined they are the text.
 */
export interface Rendered {
  readonly text: string
  readonly pieces: readonly Piece[]
  /** In order; iterations that wrote nothing are left out. Empty for a template without a loop over the messages. */
  readonly turns: readonly Turn[]
  /** What stands between `{% generation %}` and `{% endgeneration %}`, as transformers reports it. */
  readonly marks: readonly CharRange[]
  /** Whether the text depends on the clock (`strftime_now`). */
  readonly usesClock: boolean
}
