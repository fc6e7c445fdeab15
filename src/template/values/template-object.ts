/** What a template works with that JSON has no form for. JSON values stand for themselves; a JSON string is always wrapped in a Str. */
export abstract class TemplateObject {
  /** The name of the type in Python, for errors. */
  abstract get typeName(): string

  /** `bool(value)`. */
  get isTrue(): boolean {
    return true
  }
}
