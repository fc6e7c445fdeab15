import type { RowOptions } from '../conversation/index.ts'
import { parseJson, writeJson } from '../json/index.ts'
import type { MaskOptions } from '../mask/index.ts'
import type { NamedTemplate } from '../model-folder/index.ts'
import { type Model, openModel } from '../open-model.ts'
import type { Settings } from './settings.ts'

/** What a worker thread needs to do its part, as plain data: kwargs are text, since a thread can't be sent our floats. */
export interface WorkerSettings {
  readonly model: string
  readonly chatTemplate: NamedTemplate | undefined
  readonly chatTemplateKwargs: string | undefined
  readonly now: Date
  readonly cache: boolean
  readonly rows: RowOptions | undefined
  readonly mask: MaskOptions | undefined
  readonly maxLength: number | undefined
  readonly truncation: Settings['truncation']
  readonly packing: Settings['packing']
  readonly seed: number
  readonly frozenNewTokens: ReadonlyMap<number, string> | undefined
}

/** The settings as they are sent to a worker thread. */
export function toWorkerSettings(settings: Settings): WorkerSettings {
  const {
    model,
    chatTemplate,
    chatTemplateKwargs,
    now,
    cache,
    rows,
    mask,
    maxLength,
    truncation,
    packing,
    seed,
    frozenNewTokens,
  } = settings
  return {
    model,
    chatTemplate,
    chatTemplateKwargs: chatTemplateKwargs === undefined ? undefined : writeJson(chatTemplateKwargs),
    now,
    cache: cache !== false,
    rows,
    mask,
    maxLength,
    truncation,
    packing,
    seed,
    frozenNewTokens,
  }
}

/** The settings in a worker, without what only the starting thread does. */
export function fromWorkerSettings({
  chatTemplate,
  chatTemplateKwargs,
  rows,
  mask,
  frozenNewTokens,
  ...rest
}: WorkerSettings): Settings {
  return {
    ...rest,
    positionIds: false,
    attentionMask: false,
    shuffleDataset: false,
    ...(chatTemplate !== undefined && { chatTemplate }),
    ...(chatTemplateKwargs !== undefined && {
      chatTemplateKwargs: parseJson(chatTemplateKwargs) as NonNullable<Settings['chatTemplateKwargs']>,
    }),
    ...(rows !== undefined && { rows }),
    ...(mask !== undefined && { mask }),
    ...(frozenNewTokens !== undefined && { frozenNewTokens }),
  }
}

/** Opens the model that rows are prepared for. */
export function openModelFor(settings: Settings): Promise<Model> {
  const { model, chatTemplate, chatTemplateKwargs, now, cache } = settings
  return openModel(model, {
    now,
    ...(chatTemplate !== undefined && { chatTemplate }),
    ...(chatTemplateKwargs !== undefined && { chatTemplateKwargs }),
    ...(cache !== undefined && { cache }),
  })
}
