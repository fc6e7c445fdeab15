import { CHATML_TOOLS, GOOD } from '../example.ts'
import type { FoundRule } from '../rule.ts'

const rows = [{ ...GOOD, tools: [{ type: 'function', function: { name: 'lookup', parameters: {} } }] }]

export const toolsNotRendered: FoundRule = {
  kind: 'found',
  name: 'tools-not-rendered',
  severity: 'error',
  trigger: 'The row has tools, and no character of the text comes from them.',
  effect: 'The model learns to call tools that it was never told of, and to invent others.',
  fix: 'Use a template that reads tools (a folder may have one named tool_use).',
  needs: ['template'],
  wrong: { rows },
  right: { rows, template: CHATML_TOOLS },
}
