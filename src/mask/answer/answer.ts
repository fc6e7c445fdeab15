/** One message that may be trained, and what of it a model would write. */
export interface Answer {
  readonly message: number
  readonly role: string
  readonly turn: TurnText
  readonly start: AnswerStart
  readonly end: AnswerEnd
}

/**
 * One message as rendered: the run of text written in its iteration of the loop over the messages (outside a loop: the run round its own
 * characters), up to where another message's text begins. UTF-16 units of the text.
 */
export interface TurnText {
  readonly message: number
  readonly startChar: number
  readonly endChar: number
  /** First and end of the message's own characters in this run; undefined when it has none (an empty answer). */
  readonly ownStartChar: number | undefined
  readonly ownEndChar: number | undefined
  /** Whether it is an iteration of the loop over the messages (and not just what lies round its own characters). */
  readonly isIteration: boolean
  /** Own characters behind another message's text, in the same iteration: how many. */
  readonly strayChars: number
}

/** Where the answer of one assistant message begins, and what inference has to do with it. */
export interface AnswerStart {
  /** UTF-16 units of the rendered text. */
  readonly startChar: number
  /**
   * `prompt`: the text starts with what inference is given. `continued`: it does, and the template adds nothing to ask for this answer.
   * `header`: it adds nothing, and what it writes before a plain answer is left out. The others are reported: prompt and text differ.
   */
  readonly from:
    | 'prompt'
    | 'continued'
    | 'agreement'
    | 'generation-prompt'
    | 'last-generation-prompt'
    | 'header'
}

/** Where the answer of one message ends. UTF-16 units of the rendered text. */
export interface AnswerEnd {
  readonly endChar: number
  /** Where the token (or the text) that ends the turn starts; equal to `endChar` when nothing ends it. */
  readonly eotStartChar: number
  /**
   * `stop`: a stop token in the turn. `next-turn`: a stop token that heads the next turn. `marker`: the template's own marker, which stops
   * nothing. `content`: nothing follows the content.
   */
  readonly by: 'stop' | 'next-turn' | 'marker' | 'content'
}
