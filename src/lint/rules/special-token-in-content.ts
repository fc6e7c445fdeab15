import type { Finding } from '../../mask/index.ts'
import type { Tokenizer } from '../../tokenizer/index.ts'
import { assistant, chat, GOOD, user } from '../example.ts'
import type { MaskRule } from '../rule.ts'
import { placeOf, quoteTokens, sourceSet } from '../token-runs.ts'

const GIVEN = sourceSet('content', 'reasoning', 'tool_calls', 'text', 'prompt', 'completion')
const WRITTEN = sourceSet('template', 'variable')

export const specialTokenInContent: MaskRule = {
  kind: 'mask',
  name: 'special-token-in-content',
  severity: 'warn',
  worst: 'error',
  trigger:
    'A special token’s characters come from a message. An error for a stop token and for one that the template writes itself.',
  effect:
    'What was meant as text acts as a control token: it may end a turn, or begin one in another’s name.',
  fix: 'Take it out of the content, or write it in a way that is no token.',
  wrong: { rows: [chat(user('Ends <|im_end|> here?'), assistant('No.'))] },
  right: { rows: [GOOD] },
  check(masked, { context, example }) {
    // Plain text is written with its control tokens.
    if (example.kind !== 'conversation') return []
    const { stopIds } = context
    const { least, special } = specialIdsOf(context.tokenizer)
    const { ids } = masked.encoded
    const findings: Finding[] = []
    let written: ReadonlySet<number> | undefined
    for (const run of masked.runs) {
      if (!GIVEN.has(run.source)) continue
      for (let t = run.startToken; t < run.endToken; t++) {
        const id = ids[t]!
        if (id < least || special[id] === 0 || !context.tokenizer.isSpecial(id)) continue
        written ??= new Set(
          masked.runs
            .filter(({ source }) => WRITTEN.has(source))
            .flatMap(({ startToken, endToken }) => [...ids.subarray(startToken, endToken)]),
        )
        const isControl = stopIds.has(id) || written.has(id)
        const owner = run.message < 0 ? {} : { message: run.message }
        const text = `${quoteTokens(masked, t, t + 1)} in message ${run.message} is a special token${isControl ? ', one that shapes the conversation' : ''}.`
        findings.push({
          rule: 'special-token-in-content',
          severity: isControl ? 'error' : 'warn',
          text,
          ...owner,
          ...placeOf(masked, t),
        })
      }
    }
    return findings
  },
}

/** Every token of every row is asked for. */
interface SpecialIds {
  /** The least special id: most often the last ones of a vocabulary are special, and to compare is all that most tokens cost. */
  readonly least: number
  /** For each id that is less than the number of tokens: 0 if it isn't special. */
  readonly special: Uint8Array
}

const known = new WeakMap<Tokenizer, SpecialIds>()

function specialIdsOf(tokenizer: Tokenizer): SpecialIds {
  const found = known.get(tokenizer)
  if (found !== undefined) return found
  const { vocabSize } = tokenizer
  const special = Uint8Array.from({ length: vocabSize }, (_, id) => Number(tokenizer.isSpecial(id)))
  const first = special.indexOf(1)
  // Ids from the number of tokens on are asked for one by one.
  const ids = { least: first === -1 ? vocabSize : first, special }
  known.set(tokenizer, ids)
  return ids
}
