import type { Finding } from '../../mask/index.ts'
import { CHATML, GOOD } from '../example.ts'
import type { MaskRule } from '../rule.ts'

/** A pair of tags, or of control tokens, with nothing but white space between. */
const EMPTY_PAIR = /^\s*(?:<([\w|]+)>\s*<\/\1>|\[([A-Z_]+)\]\s*\[\/\2\])/

export const emptyReasoningTrained: MaskRule = {
  kind: 'mask',
  name: 'empty-reasoning-trained',
  severity: 'warn',
  trigger: 'A trained answer starts with a reasoning block that has nothing in it.',
  effect: 'The model is taught not to think, in every such row.',
  fix: 'Give the reasoning, or a template that leaves the block out or writes it into the prompt (enable_thinking).',
  needs: ['template'],
  wrong: {
    rows: [GOOD],
    template: CHATML.replace(
      "m['role'] + '\\n'",
      "m['role'] + '\\n' + ('<think>\\n\\n</think>\\n\\n' if m['role'] == 'assistant' else '')",
    ),
  },
  right: { rows: [GOOD] },
  check({ spans, rendered }) {
    const findings: Finding[] = []
    for (const { startChar, endChar, message } of spans) {
      const found = EMPTY_PAIR.exec(rendered.text.slice(startChar, endChar))?.[0]
      if (found === undefined) continue
      const place = message === undefined ? {} : { message }
      const text = `An answer that is trained starts with an empty block, ${JSON.stringify(found)}.`
      findings.push({
        rule: 'empty-reasoning-trained',
        severity: 'warn',
        text,
        ...place,
        startChar,
        endChar: startChar + found.length,
      })
    }
    return findings
  },
}
