import type { Conversation } from '../conversation/index.ts'

/** A small world: what there is, and its colour. */
const COLOURS: readonly (readonly [thing: string, colour: string])[] = [
  ['grass', 'green'],
  ['snow', 'white'],
  ['coal', 'black'],
  ['milk', 'white'],
  ['the sun', 'yellow'],
  ['the sky', 'blue'],
  ['blood', 'red'],
  ['chocolate', 'brown'],
  ['the moon', 'white'],
  ['ink', 'blue'],
  ['fire', 'red'],
  ['honey', 'yellow'],
]

/** Running text about that world: six sentences each, in an order that a step through the list gives. */
export function makeTexts(count: number): string[] {
  return Array.from({ length: count }, (_, t) =>
    Array.from({ length: 6 }, (_, s) => toSentence(COLOURS[pick(t, s)]!)).join(' '),
  )
}

/** Conversations of three questions with their answers. */
export function makeConversations(count: number): Conversation[] {
  return Array.from({ length: count }, (_, c) => {
    const messages = [0, 1, 2].flatMap(turn => {
      const fact = COLOURS[pick(c, turn)]!
      return [
        { role: 'user', content: toQuestion(fact[0], turn) },
        { role: 'assistant', content: toSentence(fact) },
      ]
    })
    return { kind: 'conversation', messages, training: messages.map(() => undefined) }
  })
}

function toSentence([thing, colour]: readonly [string, string]): string {
  return `${thing[0]!.toUpperCase()}${thing.slice(1)} is ${colour}.`
}

function toQuestion(thing: string, turn: number): string {
  return turn === 0 ? `What is the colour of ${thing}?` : `And of ${thing}?`
}

/** Steps of 1, 5, 7 and 11 meet every thing before they meet one again. */
function pick(n: number, i: number): number {
  const step = [1, 5, 7, 11][Math.floor(n / COLOURS.length) % 4]!
  return (n + step * (i + Math.floor(n / 48))) % COLOURS.length
}
