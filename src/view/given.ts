import type { RowOptions } from '../conversation/index.ts'
import type { NamedTemplate } from '../model-folder/index.ts'
import type { RowHead } from './book.ts'
import type { RowDetail } from './row-detail.ts'
import type { Budget, ScanPart } from './scan.ts'
import type { ViewSettings } from './settings.ts'

/** What a page is written with: where its rows come from. */
export type Given =
  /** From what a person drops on it. */
  | { readonly kind: 'dropped' }
  /** From the server that it came from: `rows` and `model` beside its address. */
  | { readonly kind: 'served'; readonly name: string }
  /** From the page itself, as they were when it was written. */
  | EmbeddedView

/** Rows with all that the page shows of them; nothing can be computed anew. */
export interface EmbeddedView {
  readonly kind: 'embedded'
  readonly name: string
  readonly settings: ViewSettings
  readonly templates: readonly NamedTemplate[]
  readonly heads: readonly RowHead[]
  readonly details: readonly RowDetail[]
  readonly scan: ScanPart
  readonly budget: Budget
}

/** What a server says of all that it has; `models/0/…` are facts and tokenizer of the first model. */
export interface ServedFacts {
  /** Names of the models, the first of which rows are looked at through. */
  readonly models: readonly string[]
  /** Templates that were named beside the models'. */
  readonly templates: readonly NamedTemplate[]
  readonly settings: ViewSettings
  readonly rowOptions: RowOptions
  /** Milliseconds: what `strftime_now` sees. */
  readonly now: number
}
