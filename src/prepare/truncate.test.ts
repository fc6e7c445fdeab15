import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { makeConversation } from '../../test/mask/conversations.ts'
import { makeTokenizer } from '../../test/mask/tokenizer.ts'
import type { Conversation } from '../conversation/index.ts'
import { IGNORE_INDEX, type Masked, type MaskOptions, maskExample } from '../mask/index.ts'
import { ChatTemplate } from '../template/index.ts'
import { cutTrained } from './piece.ts'
import { type Truncated, type TruncationName, truncate } from './truncate.ts'
import { parseTruncation, TRUNCATIONS } from './truncations.ts'

// Every character is a token, and every marker.
const CHATML =
  '{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}' +
  '{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}'
/** An answer ends with the token that opens the next turn. */
const GLM =
  '[BOS]{% for m in messages %}<|{{ m.role }}|>{{ m.content }}{% endfor %}' +
  '{% if add_generation_prompt %}<|assistant|>{% endif %}'

async function makeMasker(template: string, stops: readonly string[]) {
  const tokenizer = await makeTokenizer(template, ['<|user|>', '<|tool|>', '<|assistant|>', '<|system|>'])
  const context = {
    tokenizer,
    templates: [ChatTemplate.compile(template)],
    specialTokens: {},
    stopIds: new Set(stops.map(stop => tokenizer.tokenToId(stop)!)),
  }
  return (conversation: Conversation, options: MaskOptions = {}): Masked =>
    maskExample(conversation, context, { unroll: 'never', ...options })[0]!
}

const maskChatml = await makeMasker(CHATML, ['<|im_end|>'])
const maskGlm = await makeMasker(GLM, ['<|user|>', '<|tool|>'])

/** `s` system, `u` user, `a` assistant, `t` tool: `toConversation('u:Hi', 'a:Yes')`. */
function toConversation(...messages: readonly string[]): Conversation {
  const roles: Readonly<Record<string, string>> = { s: 'system', u: 'user', a: 'assistant', t: 'tool' }
  return {
    kind: 'conversation',
    messages: messages.map(message => ({ role: roles[message[0]!]!, content: message.slice(2) })),
    training: messages.map(() => undefined),
  }
}

const toTexts = ({ encoded }: Masked, { pieces }: Truncated) =>
  pieces.map(({ startToken, endToken }) =>
    encoded.text.slice(encoded.starts[startToken], encoded.ends[endToken - 1]),
  )

/** The counts that are not 0. */
const toCounts = ({ pieces: _, ...counts }: Truncated) =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0))

const CHAT = toConversation('u:one', 'a:1', 'u:two', 'a:2')

test('leaves alone what fits', () => {
  const masked = maskChatml(CHAT)
  const { length } = masked.labels
  for (const truncation of Object.keys(TRUNCATIONS) as TruncationName[]) {
    for (const maxLength of [length, length + 1, undefined]) {
      const truncated = truncate(masked, { maxLength, truncation })
      assert.deepEqual(truncated.pieces, [{ startToken: 0, endToken: length, contextTokens: 0 }])
      assert.deepEqual(toCounts(truncated), {})
    }
  }
})

describe('keep-start', () => {
  test('keeps the first tokens and counts what the answers lost', () => {
    // A turn of user is 10 tokens with its markers, one of assistant 14, of which `1<|im_end|>` is trained.
    const masked = maskChatml(CHAT)
    const truncated = truncate(masked, { maxLength: 23, truncation: 'keep-start' })
    assert.deepEqual(toTexts(masked, truncated), [
      '<|im_start|>user\none<|im_end|>\n<|im_start|>assistant\n1',
    ])
    assert.deepEqual(toCounts(truncated), {
      tooLong: 1,
      cut: 1,
      answersCut: 1,
      answersLost: 1,
      tokensLost: masked.labels.length - 23,
      trainedTokensLost: 3,
    })
  })
})

describe('keep-end', () => {
  test('keeps the last tokens', () => {
    const masked = maskChatml(CHAT)
    const truncated = truncate(masked, { maxLength: 3, truncation: 'keep-end' })
    assert.deepEqual(toTexts(masked, truncated), ['2<|im_end|>\n'])
    assert.deepEqual(toCounts(truncated), {
      tooLong: 1,
      cut: 1,
      answersLost: 1,
      tokensLost: masked.labels.length - 3,
      trainedTokensLost: 2,
    })
  })
})

describe('drop', () => {
  test('leaves the example out', () => {
    const masked = maskChatml(CHAT)
    const truncated = truncate(masked, { maxLength: 30, truncation: 'drop' })
    assert.deepEqual(truncated.pieces, [])
    assert.deepEqual(toCounts(truncated), {
      tooLong: 1,
      dropped: 1,
      answersLost: 2,
      tokensLost: masked.labels.length,
      trainedTokensLost: 4,
    })
  })
})

describe('split-turns', () => {
  const split = (masked: Masked, maxLength: number) =>
    truncate(masked, { maxLength, truncation: 'split-turns' })

  test('splits before the question that follows an answer', () => {
    const masked = maskChatml(CHAT)
    const truncated = split(masked, 30)
    assert.deepEqual(toTexts(masked, truncated), [
      '<|im_start|>user\none<|im_end|>\n<|im_start|>assistant\n1<|im_end|>\n',
      '<|im_start|>user\ntwo<|im_end|>\n<|im_start|>assistant\n2<|im_end|>\n',
    ])
    assert.deepEqual(toCounts(truncated), { tooLong: 1, split: 1 })
  })

  test('fills pieces from the start', () => {
    const exchanges = Array.from({ length: 5 }, (_, i) => [`u:q${i}`, `a:${i}`]).flat()
    const masked = maskChatml(toConversation(...exchanges))
    const lengths = split(masked, 3 * (masked.labels.length / 5) - 1).pieces.map(
      ({ startToken, endToken }) => (5 * (endToken - startToken)) / masked.labels.length,
    )
    assert.deepEqual(lengths, [2, 2, 1])
  })

  test('splits before a tool’s result, not between an answer that is not trained and what follows it', () => {
    const masked = maskGlm(toConversation('u:a', 'a:call', 't:b', 'a:c', 'u:d'))
    assert.deepEqual(toTexts(masked, split(masked, 10)), [
      '[BOS]<|user|>a<|assistant|>call<|tool|>',
      '<|tool|>b<|assistant|>c<|user|>d',
    ])
    const last = maskGlm(toConversation('u:a', 'a:b', 'u:c', 'a:d', 'u:e', 'a:f'), { turns: 'last' })
    assert.equal(split(last, last.labels.length - 1).pieces[0]!.endToken, 1)
  })

  test('gives a token that ends an answer and opens the next turn to both pieces, to be trained in the first', () => {
    const masked = maskGlm(toConversation('u:one', 'a:1', 'u:two', 'a:2'))
    const truncated = split(masked, 8)
    assert.deepEqual(toTexts(masked, truncated), [
      '[BOS]<|user|>one<|assistant|>1<|user|>',
      '<|user|>two<|assistant|>2',
    ])
    assert.deepEqual(
      truncated.pieces.map(({ contextTokens }) => contextTokens),
      [0, 1],
    )
    assert.deepEqual(toCounts(truncated), { tooLong: 1, split: 1 })
    const trained = truncated.pieces.map(piece => cutTrained(masked.labels, piece, IGNORE_INDEX))
    const idOf = (piece: number, t: number) => masked.encoded.ids[truncated.pieces[piece]!.startToken + t]
    assert.equal(trained[0]!.at(-1), idOf(0, 7))
    assert.equal(trained[1]![0], IGNORE_INDEX)
    assert.notEqual(masked.labels[truncated.pieces[1]!.startToken], IGNORE_INDEX, 'the mask is as it was')
  })

  test('cuts an exchange that is too long itself so that the answer keeps what stands before it', () => {
    const masked = maskGlm(toConversation('u:a long question', 'a:yes', 'u:two', 'a:2'))
    const truncated = split(masked, 10)
    assert.deepEqual(toTexts(masked, truncated), [
      '[BOS]<|user|>',
      'a long que',
      'stion<|assistant|>yes<|user|>',
      '<|user|>two<|assistant|>2',
    ])
  })

  test('counts an answer that no piece can hold', () => {
    const masked = maskGlm(toConversation('u:a', 'a:a long answer', 'u:two', 'a:2'))
    const truncated = split(masked, 8)
    assert.deepEqual(toCounts(truncated), { tooLong: 1, split: 1, answersCut: 1 })
  })

  test('splits at every turn where all are trained', () => {
    const masked = maskChatml(CHAT, { strategy: 'all' })
    assert.equal(split(masked, 16).pieces.length, 4)
  })
})

const truncationName = fc.constantFrom(...(Object.keys(TRUNCATIONS) as TruncationName[]))
const spec = fc.record({ seed: fc.integer({ min: 1, max: 1e6 }), isGlm: fc.boolean() })
const strategy = fc.constantFrom('assistant' as const, 'all' as const)
const makeMasked = ({ seed, isGlm }: { seed: number; isGlm: boolean }, options: MaskOptions = {}) =>
  (isGlm ? maskGlm : maskChatml)(makeConversation(seed), options)
const maxLength = fc.integer({ min: 1, max: 120 })

test('makes no piece longer than allowed', () => {
  fc.assert(
    fc.property(spec, strategy, maxLength, truncationName, (spec, strategy, maxLength, truncation) => {
      const masked = makeMasked(spec, { strategy })
      for (const { startToken, endToken } of truncate(masked, { maxLength, truncation }).pieces) {
        assert.ok(endToken > startToken && endToken - startToken <= maxLength)
      }
    }),
  )
})

test('counts each token once: kept in a piece, or lost', () => {
  fc.assert(
    fc.property(spec, strategy, maxLength, truncationName, (spec, strategy, maxLength, truncation) => {
      const masked = makeMasked(spec, { strategy })
      const truncated = truncate(masked, { maxLength, truncation })
      const times = new Uint8Array(masked.labels.length)
      for (const { startToken, endToken, contextTokens } of truncated.pieces) {
        for (let t = startToken + contextTokens; t < endToken; t++) times[t]!++
      }
      const lost = Array.from(times.keys()).filter(t => times[t] === 0)
      assert.ok(times.every(count => count <= 1))
      assert.equal(lost.length, truncated.tokensLost)
      assert.equal(lost.filter(t => masked.labels[t] !== IGNORE_INDEX).length, truncated.trainedTokensLost)
      if (truncation === 'split-turns') assert.equal(lost.length, 0)
    }),
  )
})

test('split-turns tears no answer off its question while the two fit', () => {
  fc.assert(
    fc.property(spec, maxLength, (spec, maxLength) => {
      const masked = makeMasked(spec)
      const { pieces } = truncate(masked, { maxLength, truncation: 'split-turns' })
      const { roles, messages } = masked
      for (const { startToken, contextTokens } of pieces.slice(1)) {
        const t = startToken + contextTokens
        const isInTurn = messages[t] === messages[t - 1]
        // A seam inside an exchange is there only because what follows, up to its end, is full.
        if (isInTurn || (roles[messages[t]!] === 'assistant' && roles[messages[t - 1]!] !== 'assistant')) {
          const { endToken } = pieces.find(piece => piece.startToken === startToken)!
          assert.equal(endToken - startToken, maxLength)
        }
      }
    }),
  )
})

test('takes TRL’s names of truncations', () => {
  assert.equal(parseTruncation('keep_start'), 'keep-start')
  assert.equal(parseTruncation('split-turns'), 'split-turns')
  assert.throws(() => parseTruncation('keep'), { code: 'prepare/truncation' })
})
