export type {
  Conversation,
  Example,
  Message,
  MessageTraining,
  PlainText,
  PromptCompletion,
  TrainingDetail,
} from './conversation.ts'
