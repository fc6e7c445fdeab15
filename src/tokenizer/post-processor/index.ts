export { createPostProcessor, type PostOptions, type PostProcessor } from './create.ts'
