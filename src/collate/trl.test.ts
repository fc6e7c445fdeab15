// Oracle: the collators of TRL 0.19, transformers and TRL 1.16 on generated batches, every array and the number of warnings.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { findPython, type PythonEnvironment, runPython, whyNoPython } from '../../test/interop/python.ts'
import { makeTokenizer, makeTokenizerJson } from '../../test/mask/tokenizer.ts'
import {
  type Batch,
  type CollateExample,
  DataCollatorForCompletionOnlyLM,
  DataCollatorForLanguageModeling,
  sftTrainer,
} from './index.ts'

/** Another seed gives other batches: LOSSLINE_SEED=7 npm test. */
const SEED = Number(process.env['LOSSLINE_SEED'] ?? 20)
const SCRIPT = 'test/interop/trl_collators.py'

const tokenizer = await makeTokenizer('')
const tokenizerJson = JSON.stringify(makeTokenizerJson(''))
const idOf = (character: string) => tokenizer.tokenToId(character)!

/** Few letters, so that templates occur, overlap and touch; p and e are pad and EOS. */
const LETTERS = [...'abcpe'].map(idOf)
const [PAD, EOS] = [idOf('p'), idOf('e')]

interface Theirs {
  readonly batch: Readonly<Record<string, unknown>>
  readonly warnings: number
  readonly option_warnings: number
}

/** Names of theirs and ours, and whether theirs has a row more round it. */
const ARRAYS = [
  ['input_ids', 'inputIds'],
  ['labels', 'labels'],
  ['attention_mask', 'attentionMask'],
  ['position_ids', 'positionIds'],
  ['cu_seq_lens_q', 'cuSeqLensQ'],
  ['cu_seq_lens_k', 'cuSeqLensK'],
  ['max_length_q', 'maxLengthQ'],
  ['max_length_k', 'maxLengthK'],
  ['seq_idx', 'seqIdx'],
] as const

function assertSameBatch(ours: Batch, { batch }: Theirs, what: string): void {
  const expected = ARRAYS.map(([theirs]) => [
    theirs,
    batch[theirs] === undefined ? undefined : [batch[theirs]].flat(3),
  ])
  const actual = ARRAYS.map(([name, own]) => {
    const value = ours[own]
    return [name, value === undefined ? undefined : typeof value === 'number' ? [value] : Array.from(value)]
  })
  assert.deepEqual(Object.fromEntries(actual), Object.fromEntries(expected), what)
  const rows = batch['input_ids'] as number[][]
  assert.deepEqual(ours.shape, [rows.length, rows[0]!.length], what)
}

/** Registers a test that compares one collator with the real one on `count` generated cases. */
function agrees<Case extends object>(
  name: string,
  environment: PythonEnvironment,
  cases: fc.Arbitrary<Case>,
  compare: { toRequest(item: Case): object; check(item: Case, theirs: Theirs, what: string): void },
): void {
  test(name, t => {
    const python = findPython(environment)
    if (python === undefined) return t.skip(whyNoPython(environment))
    const items = fc.sample(cases, { seed: SEED, numRuns: 500 })
    const answers = runPython(python, SCRIPT, items.map(compare.toRequest)) as (Theirs | { error: string })[]
    for (const [i, answer] of answers.entries()) {
      const what = JSON.stringify(items[i])
      if ('error' in answer) assert.fail(`${answer.error}\n${what}`)
      compare.check(items[i]!, answer, what)
    }
  })
}

const template = fc.array(fc.constantFrom(...LETTERS), { minLength: 1, maxLength: 3 })
const multiple = fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined })

interface CompletionOnlyCase {
  readonly response: readonly number[]
  readonly instruction: readonly number[] | undefined
  /** Templates are given as text. */
  readonly asText: boolean
  readonly padId: number
  readonly paddingFree: boolean
  readonly padToMultipleOf: number | undefined
  readonly paddingSide: 'right' | 'left'
  readonly ignoreIndex: number
  readonly rows: readonly (readonly number[])[]
}

const completionOnly: fc.Arbitrary<CompletionOnlyCase> = fc
  .record({
    response: template,
    instruction: fc.option(template, { nil: undefined }),
    asText: fc.boolean(),
    padId: fc.constantFrom(PAD, EOS),
    paddingFree: fc.boolean(),
    padToMultipleOf: multiple,
    paddingSide: fc.constantFrom('right', 'right', 'left'),
    ignoreIndex: fc.constantFrom(-100, -100, -1),
  })
  .chain(options =>
    fc.record({
      ...constants(options),
      rows: fc.array(rowOf(options.response, options.instruction), { minLength: 1, maxLength: 4 }),
    }),
  ) as fc.Arbitrary<CompletionOnlyCase>

function constants<T extends object>(values: T): { [K in keyof T]: fc.Arbitrary<T[K]> } {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, fc.constant(value)])) as {
    [K in keyof T]: fc.Arbitrary<T[K]>
  }
}

/** A row of templates and letters; some rows have no template at all. */
function rowOf(response: readonly number[], instruction: readonly number[] = []): fc.Arbitrary<number[]> {
  const letters = fc.array(fc.constantFrom(...LETTERS), { maxLength: 4 })
  const parts = fc.oneof(fc.constant(response), fc.constant(instruction), letters)
  return fc
    .array(parts, { minLength: 1, maxLength: 7 })
    .map(stretches => stretches.flat())
    .filter(row => row.length > 0)
}

agrees(
  'collates as TRL 0.19’s DataCollatorForCompletionOnlyLM, warnings counted',
  'trl-0.19',
  completionOnly,
  {
    toRequest: item => ({
      collator: 'completion-only',
      options: {
        tokenizer: tokenizerJson,
        pad_id: item.padId,
        eos_id: EOS,
        padding_side: item.paddingSide,
        response_template: item.asText ? tokenizer.decode(item.response) : item.response,
        instruction_template:
          item.asText && item.instruction !== undefined
            ? tokenizer.decode(item.instruction)
            : item.instruction,
        ignore_index: item.ignoreIndex,
        padding_free: item.paddingFree,
        pad_to_multiple_of: item.padToMultipleOf,
      },
      examples: item.rows.map(input_ids => ({ input_ids })),
    }),
    check(item, theirs, what) {
      const asGiven = (ids: readonly number[]) => (item.asText ? tokenizer.decode(ids) : ids)
      const told: unknown[] = []
      const collator = new DataCollatorForCompletionOnlyLM({
        tokenizer,
        responseTemplate: asGiven(item.response),
        instructionTemplate: item.instruction && asGiven(item.instruction),
        padTokenId: item.padId,
        eosTokenId: EOS,
        ignoreIndex: item.ignoreIndex,
        paddingFree: item.paddingFree,
        padToMultipleOf: item.padToMultipleOf,
        paddingSide: item.paddingSide,
        onWarning: warning => told.push(warning),
      })
      assert.equal(collator.warnings.length, theirs.option_warnings, what)
      const batch = collator.collate(item.rows.map(inputIds => ({ inputIds })))
      assert.equal(batch.warnings.length, theirs.warnings, what)
      assert.deepEqual(told, [...collator.warnings, ...batch.warnings], what)
      assertSameBatch(batch, theirs, what)
    },
  },
)

const languageModeling = fc.record({
  padId: fc.constantFrom(PAD, EOS),
  padToMultipleOf: multiple,
  paddingSide: fc.constantFrom('right' as const, 'left' as const),
  rows: fc.array(rowOf([EOS], [PAD]), { minLength: 1, maxLength: 4 }),
})

agrees('collates as transformers’ DataCollatorForLanguageModeling', 'trl-0.19', languageModeling, {
  toRequest: ({ padId, padToMultipleOf, paddingSide, rows }) => ({
    collator: 'language-modeling',
    options: {
      tokenizer: tokenizerJson,
      pad_id: padId,
      eos_id: EOS,
      padding_side: paddingSide,
      pad_to_multiple_of: padToMultipleOf,
    },
    examples: rows.map(input_ids => ({ input_ids })),
  }),
  check({ padId: padTokenId, padToMultipleOf, paddingSide, rows }, theirs, what) {
    const collator = new DataCollatorForLanguageModeling({ padTokenId, padToMultipleOf, paddingSide })
    assertSameBatch(collator.collate(rows.map(inputIds => ({ inputIds }))), theirs, what)
  },
})

interface SftCase {
  readonly paddingFree: boolean
  readonly returnPositionIds: boolean
  readonly padToMultipleOf: number | undefined
  readonly examples: readonly {
    readonly inputIds: readonly number[]
    readonly labels: readonly number[] | undefined
    readonly seqLengths: readonly number[] | undefined
  }[]
}

/** Some batches have labels, some are packs: a column is in all examples of a batch or in none. */
const sft: fc.Arbitrary<SftCase> = fc
  .record({
    paddingFree: fc.boolean(),
    returnPositionIds: fc.boolean(),
    padToMultipleOf: multiple,
    hasLabels: fc.boolean(),
    isPacked: fc.boolean(),
    packs: fc.array(
      fc.array(fc.array(fc.nat(9), { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 }),
      {
        minLength: 1,
        maxLength: 4,
      },
    ),
  })
  .map(({ hasLabels, isPacked, packs, ...options }) => ({
    ...options,
    examples: packs.map(pack => ({
      inputIds: pack.flat(),
      labels: hasLabels ? pack.flat().map(id => (id < 4 ? -100 : id)) : undefined,
      seqLengths: isPacked ? pack.map(sequence => sequence.length) : undefined,
    })),
  }))

agrees('collates as TRL 1.16’s DataCollatorForLanguageModeling', 'trl-1.16', sft, {
  toRequest: ({ paddingFree, returnPositionIds, padToMultipleOf, examples }) => ({
    collator: 'sft',
    options: {
      pad_token_id: EOS,
      padding_free: paddingFree,
      return_position_ids: returnPositionIds,
      pad_to_multiple_of: padToMultipleOf,
    },
    examples: examples.map(({ inputIds, labels, seqLengths }) => ({
      input_ids: inputIds,
      labels,
      seq_lengths: seqLengths,
    })),
  }),
  check({ examples, ...options }, theirs, what) {
    const collator = new sftTrainer.DataCollatorForLanguageModeling({ padTokenId: EOS, ...options })
    assertSameBatch(collator.collate(examples), theirs, what)
  },
})

interface MaskedCase {
  readonly paddingFree: boolean
  readonly completionOnlyLoss: boolean
  readonly padToMultipleOf: number
  readonly examples: readonly (CollateExample & { completionMask: number[]; assistantMasks: number[] })[]
}

const masked: fc.Arbitrary<MaskedCase> = fc.record({
  paddingFree: fc.constant(false),
  completionOnlyLoss: fc.boolean(),
  padToMultipleOf: fc.integer({ min: 1, max: 8 }),
  examples: fc.array(
    fc.array(fc.tuple(fc.nat(9), fc.nat(1), fc.nat(1)), { minLength: 1, maxLength: 6 }).map(tokens => ({
      inputIds: tokens.map(([id]) => id),
      completionMask: tokens.map(([, mask]) => mask),
      assistantMasks: tokens.map(([, , mask]) => mask),
    })),
    { minLength: 1, maxLength: 4 },
  ),
})

// Its padding_free had labels at position 0 and an attention mask still: today's rule is compared above.
agrees('applies completion_mask and assistant_masks as TRL’s SFT collator did', 'trl-0.19', masked, {
  toRequest: ({ completionOnlyLoss, padToMultipleOf, examples }) => ({
    collator: 'sft',
    options: {
      pad_token_id: EOS,
      completion_only_loss: completionOnlyLoss,
      pad_to_multiple_of: padToMultipleOf,
    },
    examples: examples.map(({ inputIds, completionMask, assistantMasks }) => ({
      input_ids: inputIds,
      completion_mask: completionMask,
      assistant_masks: assistantMasks,
    })),
  }),
  check({ examples, ...options }, theirs, what) {
    const collator = new sftTrainer.DataCollatorForLanguageModeling({
      padTokenId: EOS,
      returnPositionIds: true,
      ...options,
    })
    assertSameBatch(collator.collate(examples), theirs, what)
  },
})
