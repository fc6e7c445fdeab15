// For tests: a template as closures and as generated code, which have to agree in everything.
import assert from 'node:assert/strict'
import {
  ChatTemplate,
  type CompileOptions,
  type RenderOptions,
  TemplateError,
  type TemplateInput,
} from '../../src/template/index.ts'

/** What a rendering gives, in full. */
type Outcome =
  | { readonly text: string; readonly rest: readonly unknown[] }
  | {
      readonly error: string
      readonly code: string
      readonly where: string | undefined
      readonly reason: unknown
    }

/** A template that is rendered both ways each time. */
export class BothTemplates {
  readonly closures: ChatTemplate
  readonly code: ChatTemplate

  /** @throws TemplateError as ChatTemplate.compile, from both */
  constructor(source: string, options: CompileOptions = {}) {
    const compile = (code: 'never' | 'always'): ChatTemplate =>
      ChatTemplate.compile(source, { ...options, code })
    this.closures = compile('never')
    this.code = compile('always')
  }

  /** Asserts that text, trace, marks and errors are the same, and that the text alone and a match are, too. */
  compare(input: TemplateInput, options: RenderOptions = {}): void {
    // What tojson has made once it remembers: the limits have to meet the same state both times.
    if (options.limits !== undefined) {
      for (const template of [this.closures, this.code])
        outcomeOf(template, input, { ...options, limits: undefined })
    }
    const expected = outcomeOf(this.closures, input, options)
    assert.deepEqual(outcomeOf(this.code, input, options), expected)
    if (!('text' in expected)) return
    assert.equal(this.code.renderText(input, options), expected.text)
    const start = expected.text.slice(0, expected.text.length >> 1)
    for (const text of [expected.text, start, `${start}\0`]) {
      assert.deepEqual(this.code.match(text, input, options), this.closures.match(text, input, options))
    }
  }
}

function outcomeOf(template: ChatTemplate, input: TemplateInput, options: RenderOptions): Outcome {
  try {
    const rendered = template.render(input, options)
    const { text, pieces, turns, marks, usesClock } = rendered
    const { historyEnds } = rendered as { readonly historyEnds?: unknown }
    return { text, rest: [pieces, turns, marks, usesClock, historyEnds] }
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    return { error: error.message, code: error.code, where: error.where, reason: error.reason }
  }
}
