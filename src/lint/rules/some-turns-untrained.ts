import { assistant, chat, GOOD, user } from '../example.ts'
import type { FoundRule } from '../rule.ts'

const mask = { strategy: 'response-template', responseTemplate: '<|im_start|>assistant\n' } as const

export const someTurnsUntrained: FoundRule = {
  kind: 'found',
  name: 'some-turns-untrained',
  severity: 'warn',
  trigger: 'Fewer answers are trained than there are, and no option asks for that.',
  effect:
    'The model learns from some of the answers that you have, mostly the last one, and you pay for all.',
  fix: 'Use --mask assistant, or give the search an instruction template too.',
  wrong: {
    rows: [chat(user('Colour of grass?'), assistant('Green.'), user('Of snow?'), assistant('White.'))],
    mask,
  },
  right: { rows: [GOOD], mask },
}
