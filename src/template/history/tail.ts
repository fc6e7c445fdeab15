import type { RenderOptions, TemplateInput } from '../chat-template.ts'
import type { Runtime } from '../runtime.ts'

/** The part of a template behind its loop over the messages. What it depends on rarely changes from row to row. */
export class Tail {
  readonly run: (runtime: Runtime) => void
  readonly #readsTools: boolean
  readonly #readsDocuments: boolean
  /** The last texts: with and without a generation prompt. */
  readonly #known: { readonly given: Given; readonly text: string }[] = []

  constructor(run: (runtime: Runtime) => void, reads: readonly string[]) {
    this.run = run
    this.#readsTools = reads.includes('tools')
    this.#readsDocuments = reads.includes('documents')
  }

  /** @param render gives the text where something else is given than before */
  textFor(input: TemplateInput, options: RenderOptions, render: () => string): string {
    const given: Given = {
      kwargs: input.chatTemplateKwargs,
      tools: this.#readsTools ? input.tools : undefined,
      documents: this.#readsDocuments ? input.documents : undefined,
      variables: options.variables,
      callerKwargs: options.chatTemplateKwargs,
      addGenerationPrompt: options.addGenerationPrompt === true,
    }
    for (const known of this.#known) if (isSame(known.given, given)) return known.text
    const text = render()
    this.#known.unshift({ given, text })
    this.#known.length = Math.min(this.#known.length, KEPT_TEXTS)
    return text
  }
}

const KEPT_TEXTS = 2

/** All that variables come from, by identity: none of it is changed while the template is in use. */
interface Given {
  readonly kwargs: unknown
  readonly tools: unknown
  readonly documents: unknown
  readonly variables: unknown
  readonly callerKwargs: unknown
  readonly addGenerationPrompt: boolean
}

function isSame(a: Given, b: Given): boolean {
  return (
    a.addGenerationPrompt === b.addGenerationPrompt &&
    a.variables === b.variables &&
    a.callerKwargs === b.callerKwargs &&
    a.kwargs === b.kwargs &&
    a.tools === b.tools &&
    a.documents === b.documents
  )
}
