import { chat, GOOD, user } from '../example.ts'
import type { FoundRule } from '../rule.ts'

export const noTrainedToken: FoundRule = {
  kind: 'found',
  name: 'no-trained-token',
  severity: 'error',
  leavesRowsOut: true,
  trigger:
    'A row has no trained token, before anything is cut. A warning while that is less than 1% of the rows.',
  effect: 'The row costs time and teaches nothing; a batch of such rows has a loss that is not a number.',
  fix: 'Leave the rows out, or choose what is to be trained with --roles or --mask.',
  wrong: { rows: [chat(user('Colour of grass?'))] },
  right: { rows: [GOOD] },
}
