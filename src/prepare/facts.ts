import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Facts, NO_FACTS } from '../lint/index.ts'
import type { Model } from '../open-model.ts'

const known = new WeakMap<Model, Facts>()

/** What a model's folder says beside its tokenizer and its template, as far as rules ask for it. Read once for each model. */
export function factsOf(model: Model): Facts {
  const facts = known.get(model) ?? { ...NO_FACTS, vocabSize: findVocabSize(model.folder.folder) }
  known.set(model, facts)
  return facts
}

function findVocabSize(folder: string): number | undefined {
  const path = join(folder, 'config.json')
  if (!existsSync(path)) return undefined
  try {
    const config = JSON.parse(readFileSync(path, 'utf8')) as {
      vocab_size?: unknown
      text_config?: { vocab_size?: unknown }
    }
    const size = config.vocab_size ?? config.text_config?.vocab_size
    return typeof size === 'number' ? size : undefined
  } catch {
    // Opening the model has told what is wrong with it.
    return undefined
  }
}
