export { toPageHtml, withGiven } from './page-html.ts'
export { readViewPage } from './read-page.ts'
export { toRowLines } from './row-lines.ts'
export { makeViewServer, type ServedModel } from './server.ts'
