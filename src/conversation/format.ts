import type { Finding } from '../finding.ts'
import type { Example } from './conversation.ts'
import type { Fields } from './fields.ts'

export type FormatName = 'messages' | 'from-value' | 'prompt-completion' | 'alpaca' | 'text'

/** What a format is given besides the row. */
export interface ParseContext {
  /** Roles of the caller's own, over those of the format: the row's word → the template's. */
  readonly roleMap: Readonly<Record<string, string>>
  /** What isn't fatal is added here. */
  readonly findings: Finding[]
}

/** Adds a finding about the message that is being read. */
export type Report = (rule: string, severity: Finding['severity'], text: string) => void

/** One way in which datasets write a chat example. */
export interface ConversationFormat {
  readonly name: FormatName
  /** In words, for help and errors: the columns that it reads. */
  readonly columns: string
  /** Whether the row has those columns, with a value in each; types are the parser's matter. */
  detect(row: Fields): boolean
  /** Whether some column of the format is there at all, so that its parser can say what is wrong with the row. */
  resembles(row: Fields): boolean
  /** @throws LosslineError `conversation/…` with the place in the row */
  parse(row: Fields, context: ParseContext): Example
}
