export type { ColumnMap } from './column-map.ts'
export type {
  Conversation,
  Example,
  Message,
  MessageTraining,
  PlainText,
  PromptCompletion,
  TrainingDetail,
} from './conversation.ts'
export type { ConversationFormat, FormatName, ParseContext } from './format.ts'
export { locateMessages, locateStart, type MessagePlace } from './locate.ts'
export { detectFormat, FORMATS, type ParsedRow, parseRow, type RowOptions } from './parse-row.ts'
export { TEMPLATE_ROLES } from './roles.ts'
