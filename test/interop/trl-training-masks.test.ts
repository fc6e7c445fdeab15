/**
 * TRL ships patched copies of templates, X_training.jinja, whose `{% generation %}` marks say what is trained. On the unmodified X.jinja
 * Lossline trains the same, but for the differences listed in trl-differences.json, each with its reason.
 */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { Message } from '../../src/conversation/index.ts'
import { LosslineError } from '../../src/error.ts'
import { maskExample } from '../../src/mask/index.ts'
import { ChatTemplate } from '../../src/template/index.ts'
import type { Tokenizer } from '../../src/tokenizer/index.ts'
import { makeTokenizer, makeTokenizerJson } from '../mask/tokenizer.ts'
import { findPython, runPython } from './python.ts'

const TEMPLATES = '../shared/templates'
const specialTokens = { bos_token: '<s>', eos_token: '</s>', pad_token: '<pad>', unk_token: '<unk>' }
const IDS = [
  'system-user-assistant',
  'multi-turn',
  'no-system-unicode',
  'tools',
  'reasoning',
  'inline-think',
  'content-parts',
]

/** What ends generation in these models. */
const STOPS = [
  '</s>',
  '<|im_end|>',
  '<|eot_id|>',
  '<|end|>',
  '<|END_OF_TURN_TOKEN|>',
  '<end_of_turn>',
  '<end_of_utterance>',
  '<turn|>',
  '<|tool_response>',
  '<｜end▁of▁sentence｜>',
  '<|user|>',
  '<|observation|>',
]

interface Case {
  readonly id: string
  readonly messages: readonly Message[]
  readonly variables: { readonly tools?: never }
}
/** For each template what TRL's copy trains otherwise: more `before` or `after` an answer, `less` at its end; with the reason. */
type Differences = Readonly<Record<string, Readonly<Record<string, string>>>>

const python = findPython('interop')
const isHere = existsSync(TEMPLATES) && python !== undefined
if (!isHere) {
  test('equals the masks of TRL’s training templates', t =>
    t.skip(python === undefined ? 'the Python environment is not here' : '../shared/templates is not here'))
} else {
  const cases = (JSON.parse(readFileSync(`${TEMPLATES}/conversations.json`, 'utf8')) as Case[]).filter(
    ({ id }) => IDS.includes(id),
  )
  const listed = JSON.parse(readFileSync('test/interop/trl-differences.json', 'utf8')) as Differences
  const pairs = readdirSync(TEMPLATES)
    .filter(name => name.endsWith('_training.jinja'))
    .map(name => name.replace('_training', ''))
    .filter(name => existsSync(`${TEMPLATES}/${name}`))
  for (const name of pairs) {
    test(`equals the mask of TRL’s training template but for what is listed: ${name}`, async () => {
      const found = await findDifferences(name, cases, python)
      assert.deepEqual([...found].sort(), Object.keys(listed[name] ?? {}).sort())
    })
  }
}

async function findDifferences(
  name: string,
  cases: readonly Case[],
  executable: string,
): Promise<Set<string>> {
  const training = readFileSync(`${TEMPLATES}/${name.replace('.jinja', '_training.jinja')}`, 'utf8')
  const template = ChatTemplate.compile(readFileSync(`${TEMPLATES}/${name}`, 'utf8'), { name })
  const tokenizer = await makeTokenizer(training)
  const tokenizerJson = JSON.stringify(makeTokenizerJson(training))
  const requests = cases.map(({ messages, variables }) => ({
    tokenizer: tokenizerJson,
    template: training,
    messages,
    tools: variables.tools,
  }))
  const answers = runPython(executable, 'test/interop/transformers_masks.py', requests) as TransformersMask[]
  const differences = new Set<string>()
  let compared = 0
  for (const [c, answer] of answers.entries()) {
    if ('error' in answer) continue
    const ours = trainedStretches(cases[c]!, template, tokenizer)
    if (ours === undefined) continue
    compared++
    const { starts, ends } = tokenizer.encode(answer.text, { addSpecialTokens: false })
    const theirs = stretches(answer.text, starts, ends, t => answer.mask[t] === 1)
    for (const difference of compare(ours, theirs)) differences.add(difference)
  }
  assert.ok(compared >= 1, `${compared} conversations could be compared`)
  return differences
}

type TransformersMask =
  | { readonly text: string; readonly ids: readonly number[]; readonly mask: readonly number[] }
  | { readonly error: string }

function trainedStretches(
  { messages, variables }: Case,
  template: ChatTemplate,
  tokenizer: Tokenizer,
): string[] | undefined {
  const context = {
    tokenizer,
    templates: [template],
    specialTokens,
    stopIds: new Set(STOPS.map(stop => tokenizer.tokenToId(stop) ?? -1)),
  }
  const conversation = {
    kind: 'conversation',
    messages,
    training: messages.map(() => undefined),
    ...variables,
  } as const
  try {
    const [masked] = maskExample(conversation, context, { unroll: 'never' })
    const { starts, ends } = masked!.encoded
    return stretches(masked!.rendered.text, starts, ends, t => masked!.weights[t] !== 0)
  } catch (error) {
    if (error instanceof LosslineError && error.code.startsWith('template/')) return undefined
    throw error
  }
}

function stretches(
  text: string,
  starts: Int32Array,
  ends: Int32Array,
  isTrained: (t: number) => boolean,
): string[] {
  const found: string[] = []
  let from = -1
  for (let t = 0; t <= starts.length; t++) {
    const trained = t < starts.length && isTrained(t)
    if (trained && from === -1) from = starts[t]!
    if (trained || from === -1) continue
    found.push(text.slice(from, ends[t - 1]!))
    from = -1
  }
  return found
}

/** What they train before and after what we train, or less of it, stretch by stretch; or that the number of stretches differs. */
function compare(ours: readonly string[], theirs: readonly string[]): string[] {
  if (ours.length !== theirs.length) return [`count ${ours.length} ${theirs.length}`]
  return ours.flatMap((our, s) => {
    const their = theirs[s]!
    if (our === their) return []
    if (our.startsWith(their)) return [`less ${JSON.stringify(our.slice(their.length))}`]
    const at = their.indexOf(our)
    if (at === -1) return [`text ${JSON.stringify(our)} ${JSON.stringify(their)}`]
    const before = their.slice(0, at)
    const after = their.slice(at + our.length)
    return [
      ...(before === '' ? [] : [`before ${JSON.stringify(before)}`]),
      ...(after === '' ? [] : [`after ${JSON.stringify(after)}`]),
    ]
  })
}
