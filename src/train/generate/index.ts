export { type Generated, type GenerateOptions, generate } from './generate.ts'
export { GENERATION_DEFAULTS, type GenerationOptions, settleGeneration } from './generation-options.ts'
export { type Prompt, toPrompt, toQuestion } from './prompt.ts'
export { makeTextStream, type TextStream } from './text-stream.ts'
