import type { Runtime } from '../runtime.ts'
import type { Given } from '../trace/source-finder.ts'

/** The part of a template behind its loop over the messages. It depends on a few variables, which rarely change from row to row. */
export class Tail {
  readonly run: (runtime: Runtime) => void
  readonly #reads: readonly string[]
  /** The last texts, with and without a generation prompt. */
  readonly #known: { readonly values: readonly unknown[]; readonly text: string }[] = []

  constructor(run: (runtime: Runtime) => void, reads: readonly string[]) {
    this.run = run
    this.#reads = reads
  }

  /** @param render gives the text where the variables aren't those of before */
  textFor({ variables }: Pick<Given, 'variables'>, render: () => string): { text: string } {
    const reads = this.#reads
    const known = this.#known.find(({ values }) =>
      reads.every((name, r) => values[r] === variables.get(name)),
    )
    if (known !== undefined) return known
    const found = { values: reads.map(name => variables.get(name)), text: render() }
    this.#known.unshift(found)
    this.#known.length = Math.min(this.#known.length, KEPT_TEXTS)
    return found
  }
}

const KEPT_TEXTS = 2
