import type { FoundRule } from '../rule.ts'

export const doubleBos: FoundRule = {
  kind: 'found',
  name: 'double-bos',
  severity: 'error',
  trigger: 'The first two ids are both BOS.',
  effect: 'The model sees a beginning that inference never gives it.',
  fix: 'Take BOS out of the text, or out of what the tokenizer adds.',
  wrong: { rows: [{ text: '<s>The grass is green.' }], specialTokens: { bos_token: '<s>' }, addsBos: true },
  right: { rows: [{ text: 'The grass is green.' }], specialTokens: { bos_token: '<s>' }, addsBos: true },
}
