import { LosslineError } from '../../error.ts'
import { hasTrainedDetail } from '../answer/answers.ts'
import type { Chat, MaskInput } from '../mask-input.ts'
import { reportUntrainedTurns } from '../report/turns.ts'
import { findEotByGap, findTurnByDummy } from '../search/dummy-diff.ts'
import { labelChosenTokens } from '../tokens/label-tokens.ts'
import type { Strategy } from './strategy.ts'

/** What Axolotl's chat_template strategy trains, with its defaults: `roles_to_train: [assistant]`, `train_on_eos: turn`, the tokenizer's EOS. */
export const dummyDiff: Strategy<'dummy-diff'> = {
  name: 'dummy-diff',
  summary: 'what differs when a dummy stands in a turn’s place, and the EOS behind it, as Axolotl',
  rows: 'conversations',
  reads: ['roles', 'trainOnEot'],
  unrolls: false,
  mask(input) {
    const trained = labelByDummy(input as MaskInput & { chat: Chat })
    const runs = labelChosenTokens(input, trained, { yes: 'after-marker', no: 'before-marker' })
    return { runs, spans: [], findings: reportUntrainedTurns(input, runs) }
  },
}

function labelByDummy(input: MaskInput & { chat: Chat }): Uint8Array {
  const { chat, context, encoded, options } = input
  const { messages, training } = chat.conversation
  const roles = options.roles ?? ['assistant']
  const trainOnEot = options.trainOnEot ?? 'turn'
  const eot = findEos(context)
  const trained = new Uint8Array(encoded.ids.length)
  let lastEot: number | undefined
  for (const [m, { role }] of messages.entries()) {
    if (hasTrainedDetail(training[m])) throw noDetail(m)
    const { weight } = training[m] ?? {}
    if (weight === undefined ? !roles.includes(role) : weight === 0) continue
    const turn = findTurnByDummy(input, m)
    if (turn !== undefined) trained.fill(1, turn.startToken, turn.endToken)
    const end = findEotByGap(encoded.ids, eot, turn?.endToken ?? -1)
    if (end === undefined) continue
    lastEot = end
    if (trainOnEot === 'turn') trained[end] = 1
  }
  if (trainOnEot === 'last' && lastEot !== undefined) trained[lastEot] = 1
  return trained
}

function findEos({ tokenizer, specialTokens }: MaskInput['context']): number | undefined {
  const eos = specialTokens['eos_token']
  return typeof eos === 'string' ? tokenizer.tokenToId(eos) : undefined
}

function noDetail(m: number): LosslineError {
  const what = 'trains a part of the message, and the strategy dummy-diff knows whole ones'
  const fix = 'Use the strategy assistant for such rows.'
  return new LosslineError('mask/option', what, { where: `messages[${m}].training_detail`, fix })
}
