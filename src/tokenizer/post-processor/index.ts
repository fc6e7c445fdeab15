export { createPostProcessor, type PostProcessor } from './create.ts'
