import type { NamedTemplate } from '../../model-folder/index.ts'
import type {
  Budget,
  FoundMarkers,
  PromptView,
  RowDetail,
  RowHead,
  ScanPart,
  TokenPlace,
  ViewSettings,
} from '../../view/index.ts'
import type { DroppedFiles } from '../dropped-files.ts'
import type { SettingParams } from './write-settings.ts'

/** Seconds after which the rendering of a row is given up. */
export const ROW_SECONDS = 4

/** A model folder that was dropped on the page. */
export interface DroppedModel {
  readonly name: string
  readonly files: DroppedFiles
}

/** What the page and the worker that computes say to each other. Answers carry the number of their question. */
export type ToWorker =
  /** @param address the server's, with its key: `rows`, `facts` and `models` lie beside it */
  | { readonly kind: 'open-served'; readonly address: string; readonly params: SettingParams }
  | {
      readonly kind: 'open-dropped'
      readonly file: File
      readonly model: DroppedModel
      readonly params: SettingParams
    }
  /** A further model, through which rows are looked at from now on. */
  | { readonly kind: 'add-model'; readonly model: DroppedModel }
  | { readonly kind: 'set'; readonly settings: ViewSettings }
  /** Another address was entered. */
  | { readonly kind: 'set-address'; readonly params: SettingParams }
  | { readonly kind: 'ask'; readonly id: number; readonly question: Question }

export type Question =
  | { readonly kind: 'heads'; readonly rows: readonly number[] }
  | { readonly kind: 'detail'; readonly row: number; readonly place: TokenPlace }
  | { readonly kind: 'prompt'; readonly row: number; readonly message: number }
  | { readonly kind: 'search'; readonly text: string }
  | { readonly kind: 'markers' }

/** What each question is answered with; that for a row's detail is not, once another one's is asked for. */
export interface Answers {
  readonly heads: readonly RowHead[]
  readonly detail: RowDetail
  readonly prompt: PromptView
  /** Rows that have the text. */
  readonly search: readonly number[]
  readonly markers: FoundMarkers
}

export type FromWorker =
  | Opened
  /** Settings that hold from now on. */
  | ({ readonly kind: 'settled'; readonly settings: ViewSettings } & Choices)
  /** More rows are there; `isWhole`: all of the file. */
  | { readonly kind: 'counted'; readonly rows: number; readonly isWhole: boolean }
  | { readonly kind: 'scanned'; readonly part: ScanPart; readonly budget: Budget }
  /** Settings that were not taken, and why; the earlier ones stand. */
  | { readonly kind: 'refused'; readonly text: string }
  /** The rest of the rows is not looked at, and why. */
  | { readonly kind: 'gave-up'; readonly text: string }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: Answers[keyof Answers] }
  /** Nothing can be shown. */
  | { readonly kind: 'failed'; readonly text: string }

/** What can be chosen from. */
export interface Choices {
  readonly models: readonly string[]
  readonly templates: readonly NamedTemplate[]
  /** Whether the model in use has one of its own. */
  readonly hasOwnTemplate: boolean
}

export interface Opened extends Choices {
  readonly kind: 'opened'
  readonly strategies: readonly StrategyFacts[]
  /** Without what the address says. */
  readonly base: ViewSettings
  readonly settings: ViewSettings
}

/** A strategy as pickers list it. */
export interface StrategyFacts {
  readonly name: string
  readonly summary: string
  /** Options that it reads. */
  readonly reads: readonly string[]
}
