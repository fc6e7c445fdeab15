export { type MarkedTemplate, markTemplate } from './mark-template.ts'
