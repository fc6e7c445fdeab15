export type { CharRange, MessageField, Piece, Rendered, Source, TemplatePlace, Turn } from './rendered.ts'
