import { CHATML_TOOLS, GOOD } from '../example.ts'
import type { FoundRule } from '../rule.ts'

export const toolWithoutFunction: FoundRule = {
  kind: 'found',
  name: 'tool-without-function',
  severity: 'info',
  trigger: 'A tool is written as {"name": …} without a "function" round it.',
  effect: 'Many templates read tool.function.name, and write nothing for it.',
  fix: 'Write {"type": "function", "function": {"name": …}}.',
  wrong: { rows: [{ ...GOOD, tools: [{ name: 'lookup', parameters: {} }] }], template: CHATML_TOOLS },
  right: {
    rows: [{ ...GOOD, tools: [{ type: 'function', function: { name: 'lookup', parameters: {} } }] }],
    template: CHATML_TOOLS,
  },
}
