import { assistant, CHATML_TOOLS, call, chat, user } from '../example.ts'
import type { FoundRule } from '../rule.ts'

export const argumentsDoubleEncoded: FoundRule = {
  kind: 'found',
  name: 'arguments-double-encoded',
  severity: 'error',
  trigger:
    'The arguments of a tool call are JSON in a string, and the template encodes the string once more.',
  effect: 'The model learns to write "{\\"port\\": …}" where a caller expects {"port": …}.',
  fix: 'Write the arguments as an object: this template takes one.',
  needs: ['template'],
  wrong: {
    rows: [chat(user('Tide at Brest?'), assistant('', call('{"port": "Brest"}')))],
    template: CHATML_TOOLS,
  },
  right: {
    rows: [chat(user('Tide at Brest?'), assistant('', call({ port: 'Brest' })))],
    template: CHATML_TOOLS,
  },
}
