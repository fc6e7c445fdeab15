import type { Finding } from '../../finding.ts'
import type { Source } from '../../template/index.ts'
import type { Answer } from '../answer/answer.ts'
import { findAnswers } from '../answer/answers.ts'
import { findStopsInContent } from '../answer/end.ts'
import { findOwners } from '../answer/owners.ts'
import type { MaskInput } from '../mask-input.ts'
import { findStopTokens } from '../tokens/token-search.ts'

/** What the owner of a conversation should know of the answers that are trained. */
export function reportAnswers(input: MaskInput, answers: readonly Answer[]): Finding[] {
  const owners = findOwners(input.rendered)
  const stops = findStopTokens(input.encoded, input.context.stopIds)
  // An answer may have a million of them: more than a call takes arguments.
  const ofAnswers = answers.map(answer => [
    reportStart(answer),
    reportEnd(input, answer),
    reportContent(input, owners, { answer, stops }),
  ])
  return [reportHeaders(answers), reportUnwritten(input), ...ofAnswers.flat()].flat()
}

/** Empty answers of which the template shows no trace: nothing says where they stand. */
function reportUnwritten(input: MaskInput): Finding[] {
  const messages = input.chat?.conversation.messages ?? []
  const found = new Set(findAnswers(input).map(({ message }) => message))
  const findings: Finding[] = []
  for (const [m, message] of messages.entries()) {
    if (message.role !== 'assistant' || found.has(m) || (message['content'] ?? '') !== '') continue
    const text = `Message ${m} is empty, and the template writes no turn for it that could be found: it is not trained.`
    findings.push({ rule: 'message-not-rendered', severity: 'warn', text, message: m })
  }
  return findings
}

function reportHeaders(answers: readonly Answer[]): Finding[] {
  const asked = answers.filter(({ role }) => role === 'assistant')
  const unprompted = asked.filter(({ start }) => start.from === 'header' || start.from === 'continued')
  if (unprompted.length === asked.length && asked.length > 0) {
    return [
      {
        rule: 'no-generation-prompt',
        severity: 'warn',
        text: 'The template writes the same text with and without add_generation_prompt: where an answer begins is taken from the header of a plain answer.',
      },
    ]
  }
  // Behind a tool's result some templates ask for nothing; only a header that they write there all the same is worth a word.
  return unprompted
    .filter(({ start }) => start.from === 'header')
    .map(({ message }) => ({
      rule: 'no-generation-prompt',
      severity: 'warn',
      text: `Before message ${message} the template writes the same text with and without add_generation_prompt, and a header into the answer: it is taken from a plain answer and left out.`,
      message,
    }))
}

function reportStart({ message, role, start, turn }: Answer): Finding[] {
  if (
    role !== 'assistant' ||
    start.from === 'prompt' ||
    start.from === 'continued' ||
    start.from === 'header'
  )
    return []
  const because = {
    agreement: 'the text and the prompt that inference gives part inside the turn',
    'generation-prompt': 'the template writes the history differently once later turns exist',
    'last-generation-prompt': 'the template renders no prompt before this message',
  }[start.from]
  return [
    {
      rule: 'prompt-not-prefix',
      severity: 'warn',
      text: `What stands before message ${message} is not what inference would give the model: ${because}.`,
      message,
      startChar: turn.startChar,
      endChar: start.startChar,
    },
  ]
}

function reportEnd({ rendered, context }: MaskInput, { message, role, end }: Answer): Finding[] {
  if (role !== 'assistant') return []
  const place = { message, startChar: end.eotStartChar, endChar: end.endChar }
  if (end.by === 'content') {
    return [
      {
        rule: 'no-stop-token',
        severity: 'warn',
        text: `Nothing ends message ${message}: the model is never taught to stop.`,
        ...place,
      },
    ]
  }
  if (end.by !== 'marker') return []
  const marker = JSON.stringify(rendered.text.slice(end.eotStartChar, end.endChar))
  const stops = [...context.stopIds].map(id => context.tokenizer.idToToken(id) ?? String(id))
  const stopsOn = stops.length === 0 ? 'no stop token is known' : `generation stops on ${stops.join(', ')}`
  return [
    {
      rule: 'stop-token-mismatch',
      severity: 'error',
      text: `Message ${message} is taught to end with ${marker}, but ${stopsOn}.`,
      ...place,
    },
  ]
}

function reportContent(
  input: MaskInput,
  owners: Int32Array,
  { answer, stops }: { answer: Answer; stops: readonly number[] },
): Finding[] {
  const { message, role, turn } = answer
  const findings: Finding[] = findStopsInContent(input, owners, { turn, stops }).map(t => ({
    rule: 'early-stop-in-answer',
    severity: 'error',
    text: `The content of message ${message} holds the stop token ${JSON.stringify(
      input.rendered.text.slice(input.encoded.starts[t]!, input.encoded.ends[t]!),
    )}: generation would stop there.`,
    message,
    startChar: input.encoded.starts[t]!,
    endChar: input.encoded.ends[t]!,
    token: t,
  }))
  if (turn.ownStartChar === undefined && role === 'assistant') {
    findings.push({
      rule: 'empty-answer',
      severity: 'warn',
      text: `Message ${message} is empty, and its end is trained: the model is taught to stop at once.`,
      message,
    })
  }
  if (isDetailLost(input, message)) {
    findings.push({
      rule: 'content-altered',
      severity: 'error',
      text: `The template rewrites the content of message ${message}, so that its training_detail can't be told apart: what was rewritten is not trained.`,
      message,
    })
  }
  if (turn.strayChars > 0) {
    findings.push({
      rule: 'untrained-answer-token',
      severity: 'error',
      text: `${turn.strayChars} characters of message ${message} stand behind another message's text in the same turn and are not trained in this rendering.`,
      message,
    })
  }
  return findings
}

function isDetailLost({ chat, rendered }: MaskInput, m: number): boolean {
  if (chat?.conversation.training[m]?.detail === undefined) return false
  return rendered.pieces.some(({ source, sourceChar }) => sourceChar === undefined && isContentOf(source, m))
}

function isContentOf(source: Source, m: number): boolean {
  if (source.kind === 'union') return source.sources.some(part => isContentOf(part, m))
  return source.kind === 'message' && source.message === m && source.field === 'content'
}
