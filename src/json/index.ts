export { type Json, JsonFloat, type JsonObject } from './json.ts'
