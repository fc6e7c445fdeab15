import { assistant, chat, GOOD } from '../example.ts'
import type { FoundRule } from '../rule.ts'

export const unknownRole: FoundRule = {
  kind: 'found',
  name: 'unknown-role',
  severity: 'error',
  trigger: 'A role is none of those that the row’s format has.',
  effect:
    'The row can’t be used; a template that took the role as it stands would write a turn that no model knows.',
  fix: 'Map it with --role-map, or mend the spelling.',
  wrong: { rows: [chat({ role: 'User', content: 'Colour of grass?' }, assistant('Green.'))] },
  right: { rows: [GOOD] },
}
