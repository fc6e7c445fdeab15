import type {
  GenerationPrompt,
  RefusedTurn,
  ReportedToken,
  StopReport,
  TurnReport,
} from '../agreement/index.ts'
import { drawTokenTexts, toVisible } from '../inspect/index.ts'
import { type Drawing, drawBeside, drawNamed, quote, roomOf } from './model-view.ts'

const TRAINED = '▌'

/** Each probe: the prompt where it is another than before, and what has to be written. */
export function drawTurns(
  turns: readonly (TurnReport | RefusedTurn)[],
  { drawing, hasTokenizer }: { readonly drawing: Drawing; readonly hasTokenizer: boolean },
): string[] {
  const lines: string[] = []
  let prompt: string | undefined
  for (const { turn, names } of mergeEqual(turns)) {
    if ('refused' in turn) {
      lines.push(...drawNamed(turn.name, `refused: ${quote(turn.refused)}`, drawing, '✗'))
      continue
    }
    const key = JSON.stringify([turn.prompt.text, turn.prompt.by])
    if (prompt !== key) lines.push(...drawPrompt(turn.prompt, drawing, hasTokenizer))
    prompt = key
    lines.push(...drawAnswer(names[0]!, turn.answer, drawing))
    if (names.length > 1) lines.push(...drawNamed('', `the same ${names.slice(1).join(', ')}`, drawing))
    if (!turn.startsWithPrompt)
      lines.push(...drawNamed('', '≠ the whole conversation does not start with this prompt', drawing))
  }
  return lines
}

/** What differs in nothing is told once. */
function mergeEqual(
  turns: readonly (TurnReport | RefusedTurn)[],
): { turn: TurnReport | RefusedTurn; names: string[] }[] {
  const merged: { turn: TurnReport | RefusedTurn; names: string[]; key: string }[] = []
  for (const turn of turns) {
    const { name, ...rest } = turn
    const key = JSON.stringify(rest)
    const known = merged.find(other => other.key === key)
    if (known !== undefined && !('refused' in turn)) known.names.push(name)
    else merged.push({ turn, names: [name], key })
  }
  return merged
}

const PROMPTS: Readonly<Record<GenerationPrompt['by'], string>> = {
  added: 'prompt',
  other: 'prompt',
  always: 'prompt',
  never: 'header',
}

const PROMPT_NOTES: Readonly<Record<GenerationPrompt['by'], string | undefined>> = {
  added: undefined,
  other: 'add_generation_prompt changes the text before this, too',
  always: 'written with and without add_generation_prompt',
  never: 'the template does not write this as a prompt: who asks has to, or the model',
}

function drawPrompt(
  { text, tokens, by }: GenerationPrompt,
  drawing: Drawing,
  hasTokenizer: boolean,
): string[] {
  const note = PROMPT_NOTES[by]
  if (text === '') return drawNamed(PROMPTS[by], `nothing stands between question and answer`, drawing)
  const ids = tokens.flatMap(({ id }) => id ?? []).join(' ')
  return [
    ...drawTokens(PROMPTS[by], tokens, { drawing, isTrained: false }),
    ...(hasTokenizer ? drawNamed('', ids, drawing).map(drawing.paint.dim) : []),
    ...(note === undefined ? [] : drawNamed('', `(${note})`, drawing)),
  ]
}

function drawAnswer(name: string, answer: readonly ReportedToken[], drawing: Drawing): string[] {
  if (answer.length === 0) return drawNamed(name, 'nothing of it is in the text', drawing)
  return drawTokens(name, answer, { drawing, isTrained: true })
}

function drawTokens(
  name: string,
  tokens: readonly ReportedToken[],
  { drawing, isTrained }: { readonly drawing: Drawing; readonly isTrained: boolean },
): string[] {
  const { paint } = drawing
  const mark = isTrained ? paint.trainedMark(TRAINED) : ' '
  const areTokens = tokens.some(({ id }) => id !== undefined)
  const texts = (areTokens ? tokens : joinLetters(tokens)).map(({ text }) => ({
    text,
    isSpecial: /^[<[].+[>\]]$/.test(text),
  }))
  const lines = drawTokenTexts(texts, { width: roomOf(drawing), isTrained, areTokens, paint })
  return drawBeside(name, lines, drawing, mark, mark)
}

/** Without a tokenizer each letter would be a token: they are drawn as words. */
function joinLetters(tokens: readonly ReportedToken[]): ReportedToken[] {
  const joined: { id: undefined; text: string; isWord: boolean }[] = []
  for (const { text } of tokens) {
    const isLetter = [...text].length === 1
    const last = joined.at(-1)
    // A word has the white space behind it.
    if (last?.isWord && isLetter && (/\s/.test(text) || !/\s$/.test(last.text))) last.text += text
    else joined.push({ id: undefined, text, isWord: isLetter })
  }
  return joined
}

/** What ends answers, and who knows that it does. */
export function drawStops(stops: readonly StopReport[], drawing: Drawing, hasTokenizer: boolean): string[] {
  return stops.flatMap(stop => {
    const names = stops.length === 1 ? '' : ` (${stop.turns.join(', ')})`
    if (stop.by === 'content') return drawOpenEnd(stop, names, { drawing, hasTokenizer })
    const token = `${toVisible(stop.text)}${stop.id === undefined ? '' : ` ${stop.id}`}`
    const next = stop.next === undefined ? '' : `, and the next turn begins with ${toVisible(stop.next)}`
    const later = stop.by === 'next-turn' ? ', which the next turn writes' : next
    const isWrong = hasTokenizer && stop.by === 'marker'
    return [
      ...drawNamed('ends with', `${token}${later}${names}`, drawing, isWrong ? '✗' : ' '),
      ...drawNamed('', sayKnowing(stop, hasTokenizer), drawing),
    ]
  })
}

/** The head of the next turn ends an answer where generation stops on it. */
function drawOpenEnd(
  { next }: StopReport,
  names: string,
  { drawing, hasTokenizer }: { readonly drawing: Drawing; readonly hasTokenizer: boolean },
): string[] {
  if (next === undefined)
    return drawNamed('ends with', `nothing: no token tells the model to stop${names}`, drawing, '✗')
  const whether = hasTokenizer ? 'which no file calls a stop token' : 'if generation stops on that'
  const text = `nothing of its own, but for the ${toVisible(next)} that the next turn begins with, ${whether}${names}`
  return drawNamed('ends with', text, drawing, hasTokenizer ? '✗' : '?')
}

function sayKnowing({ by, knownBy }: StopReport, hasTokenizer: boolean): string {
  if (!hasTokenizer) {
    if (knownBy.tokenizer === true) return 'the tokenizer’s eos_token, whichever that is'
    return 'what stops generation is not known without a tokenizer'
  }
  const files = [
    ['generation_config', knownBy.generation],
    ['config', knownBy.model],
    ['the tokenizer’s eos_token', knownBy.tokenizer],
  ] as const
  const said = files.flatMap(([file, isKnown]) =>
    isKnown === undefined ? [] : [`${isKnown ? '✓' : '✗'} ${file}`],
  )
  if (said.length === 0) return 'no file names a stop token'
  return by === 'marker' && !said.some(word => word.startsWith('✓'))
    ? `stops nothing: ${said.join(', ')}`
    : `known to: ${said.join(', ')}`
}
