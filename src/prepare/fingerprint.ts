import { createHash } from 'node:crypto'
import { type Json, writeJson } from '../json/index.ts'
import type { Model } from '../open-model.ts'
import { readVersion } from '../package-root.ts'
import type { Fingerprint } from './journal.ts'
import type { PrepareOptions } from './options.ts'
import type { Input } from './plan.ts'
import type { Settings } from './settings.ts'

/** The options that the output's bytes depend on, under TRL's names where it has them. */
export function describeOptions(
  settings: Settings,
  { format = 'arrow' }: PrepareOptions,
  shardBytes: number,
): Fingerprint {
  return {
    format,
    shard_size: shardBytes,
    mask: settings.mask ?? {},
    rows: settings.rows ?? {},
    input_format: settings.fileFormat ?? null,
    chat_template_kwargs:
      settings.chatTemplateKwargs === undefined ? null : writeJson(settings.chatTemplateKwargs),
    max_length: settings.maxLength ?? null,
    truncation: settings.truncation ?? null,
    packing: settings.packing ?? null,
    position_ids: settings.positionIds,
    attention_mask: settings.attentionMask,
    shuffle_dataset: settings.shuffleDataset,
    seed: settings.seed,
  }
}

/** The model's parts that the output depends on, by their content. */
export function describeModel({ folder, templates, stopIds, specialTokens }: Model): Fingerprint {
  return {
    tokenizer: hashTokenizer(folder),
    tokenizer_config: hash(writeJson(withoutTemplate(folder.tokenizerConfig))),
    special_tokens: hash(JSON.stringify(specialTokens)),
    stop_token_ids: [...stopIds].sort((a, b) => a - b),
    chat_templates: templates.map(({ source }) => hash(source)),
    own_templates: templates.every(({ source }, t) => source === folder.templates[t]?.source),
  }
}

/** The SHA-256 of a model folder's tokenizer.json, as `lossline.json` has it. */
export function hashTokenizer({ tokenizerBytes }: Model['folder']): string {
  return hash(tokenizerBytes)
}

/** Whether the files of the inputs are those of before is told by their size and time. */
export function toFingerprint(
  options: Fingerprint,
  model: Fingerprint,
  inputs: readonly Input[],
  now: Date | undefined,
): Fingerprint {
  const files = inputs.map(({ path, weight = null, samples = null, files }) => ({
    path,
    weight,
    samples,
    files,
  }))
  return { lossline: readVersion(), ...options, ...model, inputs: files, now: now?.toISOString() ?? null }
}

function hash(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex')
}

function withoutTemplate(config: Model['folder']['tokenizerConfig']): Record<string, Json> {
  return Object.fromEntries(Object.entries(config).filter(([key]) => key !== 'chat_template'))
}
