export { type Json, JsonFloat, type JsonObject } from './json.ts'
export { parseJson } from './parse.ts'
export { writeJson } from './write.ts'
