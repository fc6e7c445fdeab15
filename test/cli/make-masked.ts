import {
  type Finding,
  IGNORE_INDEX,
  type Masked,
  REASONS,
  SOURCES,
  type TokenReason,
  type TokenSource,
} from '../../src/mask/index.ts'

/** One token as a test writes it. */
export interface TokenSketch {
  /** Its characters; undefined for one that the tokenizer added. */
  readonly text: string | undefined
  readonly message?: number
  readonly reason: TokenReason
  readonly source?: TokenSource
  readonly weight?: number
  /** Characters in front of it that no token holds. */
  readonly dropped?: string
  /** How many characters of the token before it also holds: byte-level tokens share a character. */
  readonly shared?: number
}

/** A `Masked` from a list of tokens; ids count from 100. Views need no more of one. */
export function makeMasked(
  sketches: readonly TokenSketch[],
  rest: {
    readonly roles?: readonly string[]
    readonly findings?: readonly Finding[]
    readonly turn?: number
  } = {},
): Masked {
  let text = ''
  const starts: number[] = []
  const ends: number[] = []
  for (const sketch of sketches) {
    text += sketch.dropped ?? ''
    starts.push(sketch.text === undefined ? 0 : text.length - (sketch.shared ?? 0))
    text += sketch.text ?? ''
    ends.push(sketch.text === undefined ? 0 : text.length)
  }
  const ids = Int32Array.from(sketches, (_, t) => 100 + t)
  const weights = Float32Array.from(sketches, ({ weight }) => weight ?? 0)
  const messages = Int32Array.from(sketches, ({ message }) => message ?? -1)
  const sources = Uint8Array.from(sketches, ({ source }) => SOURCES.indexOf(source ?? 'template'))
  const reasons = Uint8Array.from(sketches, ({ reason }) => REASONS.indexOf(reason))
  return {
    rendered: { text, pieces: [], turns: [], marks: [], usesClock: false },
    encoded: { text, ids, starts: Int32Array.from(starts), ends: Int32Array.from(ends) },
    weights,
    labels: ids.map((id, t) => (weights[t] === 0 ? IGNORE_INDEX : id)),
    messages,
    sources,
    reasons,
    runs: sketches.map((_, t) => ({
      startToken: t,
      endToken: t + 1,
      message: messages[t]!,
      source: sources[t]!,
      reason: reasons[t]!,
      weight: weights[t]!,
    })),
    spans: [],
    findings: rest.findings ?? [],
    roles: rest.roles ?? [],
    turn: rest.turn,
  }
}

/** A conversation of four turns with much that is hard to draw in it. */
export function makeHardConversation(): Masked {
  const words = (text: string, sketch: Omit<TokenSketch, 'text'>): TokenSketch[] =>
    (text.match(/\s?[^\s]+|\s/gu) ?? []).map(word => ({ text: word, ...sketch }))
  const header = (message: number, role: string): TokenSketch[] =>
    ['<|im_start|>', role, '\n'].map(text => ({
      text,
      message,
      reason: role === 'assistant' ? 'generation-prompt' : 'template',
    }))
  const end = (message: number): TokenSketch[] => [
    { text: '<|im_end|>', message, reason: 'template' },
    { text: '\n', message, reason: 'template' },
  ]
  const stop = (message: number): TokenSketch[] => [
    { text: '<|im_end|>', message, reason: 'end-of-turn', weight: 1 },
    { text: '\n', message, reason: 'after-stop' },
  ]
  return makeMasked(
    [
      { text: undefined, reason: 'added-by-tokenizer', source: 'tokenizer' },
      ...header(0, 'system'),
      ...words('Answer in one word. Never say \x1b[31mred\x1b[0m, never ring \x07 the bell.', {
        message: 0,
        reason: 'prompt',
        source: 'content',
      }),
      ...end(0),
      ...header(1, 'user'),
      ...words('草は何色ですか? 🌱', { message: 1, reason: 'prompt', source: 'content' }),
      { text: '😀', message: 1, reason: 'prompt', source: 'content' },
      ...[1, 2, 3].map(
        (): TokenSketch => ({ text: '', shared: 2, message: 1, reason: 'prompt', source: 'content' }),
      ),
      ...end(1),
      ...header(2, 'assistant'),
      ...words(
        'Green, as grass is when it rains enough, which it does in Ireland on most days of the year.\n',
        {
          message: 2,
          reason: 'answer',
          source: 'content',
          weight: 1,
        },
      ),
      ...words('\tAnd moss.', { message: 2, reason: 'answer', source: 'content', weight: 0.5 }),
      ...stop(2),
      ...header(3, 'user'),
      { text: 'x'.repeat(100), message: 3, reason: 'prompt', source: 'content' },
      { text: 'e', message: 3, reason: 'prompt', source: 'content' },
      { text: '\u0301', message: 3, reason: 'prompt', source: 'content', dropped: '  ' },
      ...end(3),
      ...header(4, 'assistant'),
      ...words('Black.', { message: 4, reason: 'weight-zero', source: 'content' }),
      ...stop(4),
    ],
    {
      roles: ['system', 'user', 'assistant', 'user', 'assistant'],
      findings: [
        {
          rule: 'token-straddles-boundary',
          severity: 'warn',
          text: 'Token "\n\x1b[2J" holds the end of the prompt and the start of the answer: it is trained, but inference has "\n" and "\x1b[2J" as tokens of their own.',
          message: 2,
        },
        {
          rule: 'no-stop-token',
          severity: 'error',
          text: 'Nothing ends answer 4: the model is never taught to stop.',
          message: 4,
        },
      ],
    },
  )
}
