import type { Rule } from '../rule.ts'
import { addedNullKeys } from './added-null-keys.ts'
import { afterStopTrained } from './after-stop-trained.ts'
import { answerCut } from './answer-cut.ts'
import { answerRepeatsPrompt } from './answer-repeats-prompt.ts'
import { argumentsDoubleEncoded } from './arguments-double-encoded.ts'
import { bosTrained } from './bos-trained.ts'
import { cacheStale } from './cache-stale.ts'
import { contentAltered } from './content-altered.ts'
import { contentDropped } from './content-dropped.ts'
import { defaultSystemAdded } from './default-system-added.ts'
import { doubleBos } from './double-bos.ts'
import { doubleStopToken } from './double-stop-token.ts'
import { duplicateRow } from './duplicate-row.ts'
import { earlyStopInAnswer } from './early-stop-in-answer.ts'
import { emptyAnswer } from './empty-answer.ts'
import { emptyReasoningTrained } from './empty-reasoning-trained.ts'
import { fieldIgnored } from './field-ignored.ts'
import { generationMarksDiffer } from './generation-marks-differ.ts'
import { generationMarksMissing } from './generation-marks-missing.ts'
import { headerTrained } from './header-trained.ts'
import { idOutOfVocabulary } from './id-out-of-vocabulary.ts'
import { kwargNotRead } from './kwarg-not-read.ts'
import { longRowDominates } from './long-row-dominates.ts'
import { markerHoldsPad } from './marker-holds-pad.ts'
import { markerInContent } from './marker-in-content.ts'
import { markerNotInText } from './marker-not-in-text.ts'
import { markerNotSpecial } from './marker-not-special.ts'
import { markerTokenisesDifferently } from './marker-tokenises-differently.ts'
import { messageNotRendered } from './message-not-rendered.ts'
import { missingBos } from './missing-bos.ts'
import { mixedReasoning } from './mixed-reasoning.ts'
import { mixedTypes } from './mixed-types.ts'
import { newTokenFrozen } from './new-token-frozen.ts'
import { noGenerationPrompt } from './no-generation-prompt.ts'
import { noStopToken } from './no-stop-token.ts'
import { noTrainedToken } from './no-trained-token.ts'
import { noneInText } from './none-in-text.ts'
import { nothingTrainedAfterCut } from './nothing-trained-after-cut.ts'
import { offsetsBroken } from './offsets-broken.ts'
import { packWithoutSegments } from './pack-without-segments.ts'
import { padIsStop } from './pad-is-stop.ts'
import { parallelColumnsDiffer } from './parallel-columns-differ.ts'
import { promptNotPrefix } from './prompt-not-prefix.ts'
import { segmentStartTrained } from './segment-start-trained.ts'
import { someTurnsUntrained } from './some-turns-untrained.ts'
import { specialTokenInContent } from './special-token-in-content.ts'
import { stopNotInGenerationConfig } from './stop-not-in-generation-config.ts'
import { stopTokenMismatch } from './stop-token-mismatch.ts'
import { stopTokenNotTrained } from './stop-token-not-trained.ts'
import { systemCut } from './system-cut.ts'
import { templateDiffersFromModel } from './template-differs-from-model.ts'
import { templateRefuses } from './template-refuses.ts'
import { templatesDiffer } from './templates-differ.ts'
import { timeInTemplate } from './time-in-template.ts'
import { tokenIdsDiffer } from './token-ids-differ.ts'
import { tokenStraddlesBoundary } from './token-straddles-boundary.ts'
import { tokensLost } from './tokens-lost.ts'
import { toolCallUnparseable } from './tool-call-unparseable.ts'
import { toolResultTrained } from './tool-result-trained.ts'
import { toolWithoutFunction } from './tool-without-function.ts'
import { toolsNotRendered } from './tools-not-rendered.ts'
import { trainedPromptToken } from './trained-prompt-token.ts'
import { unknownMessageKey } from './unknown-message-key.ts'
import { unknownRole } from './unknown-role.ts'
import { untrainedAnswerToken } from './untrained-answer-token.ts'
import { unusableRow } from './unusable-row.ts'
import { vocabularyTooSmall } from './vocabulary-too-small.ts'
import { zeroTokenEvalBatch } from './zero-token-eval-batch.ts'

/** Every rule there is; the page of each is docs/rules/NAME.md. */
export const RULES: readonly Rule[] = [
  noTrainedToken,
  nothingTrainedAfterCut,
  stopTokenNotTrained,
  noStopToken,
  stopTokenMismatch,
  padIsStop,
  doubleStopToken,
  earlyStopInAnswer,
  doubleBos,
  missingBos,
  bosTrained,
  trainedPromptToken,
  untrainedAnswerToken,
  headerTrained,
  afterStopTrained,
  noGenerationPrompt,
  generationMarksMissing,
  generationMarksDiffer,
  someTurnsUntrained,
  markerNotInText,
  markerTokenisesDifferently,
  markerInContent,
  markerHoldsPad,
  promptNotPrefix,
  tokenStraddlesBoundary,
  messageNotRendered,
  contentDropped,
  fieldIgnored,
  contentAltered,
  emptyAnswer,
  emptyReasoningTrained,
  mixedReasoning,
  noneInText,
  argumentsDoubleEncoded,
  toolsNotRendered,
  toolCallUnparseable,
  toolResultTrained,
  unknownRole,
  templateRefuses,
  unknownMessageKey,
  mixedTypes,
  addedNullKeys,
  specialTokenInContent,
  markerNotSpecial,
  idOutOfVocabulary,
  newTokenFrozen,
  answerCut,
  systemCut,
  tokensLost,
  packWithoutSegments,
  segmentStartTrained,
  parallelColumnsDiffer,
  offsetsBroken,
  timeInTemplate,
  defaultSystemAdded,
  templateDiffersFromModel,
  cacheStale,
  zeroTokenEvalBatch,
  answerRepeatsPrompt,
  duplicateRow,
  longRowDominates,
  unusableRow,
  kwargNotRead,
  toolWithoutFunction,
  stopNotInGenerationConfig,
  tokenIdsDiffer,
  vocabularyTooSmall,
  templatesDiffer,
]
