export { editJson, type JsonChange, type JsonEdit, type JsonPath } from './edit.ts'
export { type Json, JsonFloat, type JsonObject } from './json.ts'
export { parseJson } from './parse.ts'
export { writeJson } from './write.ts'
