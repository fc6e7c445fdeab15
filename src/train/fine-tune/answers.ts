import { existsSync } from 'node:fs'
import { parseRow } from '../../conversation/index.ts'
import { readRows } from '../../dataset/index.ts'
import { LosslineError } from '../../error.ts'
import type { Model } from '../../open-model.ts'
import { isPrepared } from '../data/index.ts'
import { GENERATION_DEFAULTS, generate, type Prompt, toPrompt } from '../generate/index.ts'
import type { GeneratedAnswer } from '../logs/index.ts'
import type { TokenModel } from '../token-model.ts'
import type { FineTuneOptions } from './options.ts'

/** Long enough to see whether an answer ends, short enough for an evaluation. */
const ANSWER_TOKENS = 64

/**
 * The prompts that are answered at each evaluation: of the file that is named, else of the first file of the data. None where the data has no
 * text any more, or no row that can be answered.
 *
 * @throws LosslineError where a file that was named can't be read, or has a row that can't be answered
 */
export async function readPrompts(
  { prompts, promptCount = 3, rows, evalInputs }: FineTuneOptions,
  model: Model,
): Promise<Prompt[]> {
  const path = prompts ?? (evalInputs ?? rows.inputs)[0]?.path
  // Globs and standard input are read once, by who trains on them.
  if (path === undefined || (prompts === undefined && (!existsSync(path) || isPrepared(path)))) return []
  const found: Prompt[] = []
  try {
    for await (const row of readRows(path)) {
      if (found.length === promptCount) break
      if (row.kind === 'broken') throw row.error
      found.push(toPrompt(parseRow(row.value, rows.rows).example, model))
    }
  } catch (error) {
    if (prompts === undefined && error instanceof LosslineError) return found
    throw error instanceof LosslineError && error.where?.startsWith(path) !== true ? error.at(path) : error
  }
  return found
}

/** What the model answers now, greedily. */
export async function answerPrompts(
  reader: TokenModel,
  prompts: readonly Prompt[],
  { tokenizer, stopIds }: Model,
): Promise<GeneratedAnswer[]> {
  const answers: GeneratedAnswer[] = []
  for (const { ids, shown } of prompts) {
    const options = { ...GENERATION_DEFAULTS, maxNewTokens: ANSWER_TOKENS, stopIds }
    const generated = await generate(reader, ids, options)
    const isEnded = generated.stopped === 'stop-token'
    answers.push({
      prompt: shown,
      answer: tokenizer.decode(generated.ids),
      tokens: generated.ids.length,
      stopped: isEnded ? 'stop-token' : 'limit',
    })
  }
  return answers
}
