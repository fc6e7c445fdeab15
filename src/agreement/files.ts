import type { MaskContext } from '../mask/index.ts'
import type { ConfiguredIds, ModelConfigs, NamedTemplate } from '../model-folder/index.ts'
import type { AnswerEnd, RefusedTurn, TurnReport } from './turn.ts'

/** A special token, as each file has it. Ids; undefined where there is no such file. */
export interface TokenInFiles {
  readonly name: 'eos' | 'bos' | 'pad'
  readonly generation: readonly number[] | undefined
  readonly model: readonly number[] | undefined
  /** The tokenizer's own; undefined where it has none. */
  readonly tokenizer: { readonly text: string; readonly id: number | undefined } | undefined
}

/** What files say of the same things. */
export interface FilesReport {
  readonly tokens: readonly TokenInFiles[]
  readonly vocabulary: { readonly model: number | undefined; readonly tokenizer: number | undefined }
  /** Chat templates that lie in the folder and are passed over. */
  readonly unusedTemplates: readonly NamedTemplate[]
}

/** What answers end with, and which files know that it ends generation. */
export interface StopReport extends AnswerEnd {
  /** The probes that end with it, by name. */
  readonly turns: readonly string[]
  /** Undefined where there is no such file, or where it names no stop token. */
  readonly knownBy: {
    readonly generation: boolean | undefined
    readonly model: boolean | undefined
    readonly tokenizer: boolean | undefined
  }
}

/** @param hasTokenizer whether the context's tokenizer is a real one */
export function reportFiles(context: MaskContext, configs: ModelConfigs, hasTokenizer: boolean): FilesReport {
  const { generation, model, unusedTemplates } = configs
  const tokens = (['eos', 'bos', 'pad'] as const).map(name => ({
    name,
    generation: generation?.[name],
    model: model?.[name],
    tokenizer: hasTokenizer ? findToken(context, `${name}_token`) : undefined,
  }))
  const size = hasTokenizer ? context.tokenizer.vocabSize : undefined
  return { tokens, vocabulary: { model: model?.vocabSize, tokenizer: size }, unusedTemplates }
}

function findToken({ specialTokens, tokenizer }: MaskContext, name: string): TokenInFiles['tokenizer'] {
  const text = specialTokens[name]
  return typeof text === 'string' ? { text, id: tokenizer.tokenToId(text) } : undefined
}

/** The ends of all turns, each once. */
export function reportStops(
  turns: readonly (TurnReport | RefusedTurn)[],
  context: MaskContext,
  configs: ModelConfigs,
  hasTokenizer: boolean,
): StopReport[] {
  const stops = new Map<string, StopReport & { readonly turns: string[] }>()
  for (const turn of turns) {
    if ('refused' in turn) continue
    const { end, name } = turn
    const key = `${end.by === 'next-turn' ? 'stop' : end.by} ${end.text} ${end.next ?? ''}`
    const known = stops.get(key)
    if (known !== undefined) known.turns.push(name)
    else stops.set(key, { ...end, turns: [name], knownBy: findKnowing(end, context, configs, hasTokenizer) })
  }
  return [...stops.values()]
}

function findKnowing(
  { id, text }: AnswerEnd,
  context: MaskContext,
  { generation, model }: ModelConfigs,
  hasTokenizer: boolean,
): StopReport['knownBy'] {
  const knows = (ids: ConfiguredIds | undefined): boolean | undefined =>
    ids === undefined || ids.eos.length === 0 || !hasTokenizer
      ? undefined
      : id !== undefined && ids.eos.includes(id)
  const eos = context.specialTokens['eos_token']
  return {
    generation: knows(generation),
    model: knows(model),
    tokenizer:
      eos === undefined
        ? undefined
        : hasTokenizer
          ? id !== undefined && context.tokenizer.tokenToId(String(eos)) === id
          : text === eos || undefined,
  }
}
