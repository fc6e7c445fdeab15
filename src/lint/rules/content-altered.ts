import type { Finding, Masked } from '../../mask/index.ts'
import { assistant, CHATML, chat, GOOD, user } from '../example.ts'
import type { MaskRule } from '../rule.ts'

const template = CHATML.replace("m['content']", "(m['content'] | trim)")

export const contentAltered: MaskRule = {
  kind: 'mask',
  name: 'content-altered',
  severity: 'info',
  trigger:
    'The template trims, replaces or escapes content. An error where that makes training_detail impossible, or prints a list as Python does.',
  effect: 'The model learns the text as the template writes it, and not as the data has it.',
  fix: 'Look at the difference: mostly it is white space at the ends, and fine.',
  needs: ['template'],
  wrong: { rows: [chat(user('Colour of grass?'), assistant(' Green.'))], template },
  right: { rows: [GOOD], template },
  check(masked, { messages }) {
    const findings: Finding[] = []
    for (const [m, written] of findContents(masked)) {
      const content = messages[m]?.['content']
      if (
        typeof content !== 'string' ||
        written.text === content ||
        (content.includes(written.text) === false && !written.isRewritten)
      )
        continue
      if (written.text.length >= content.length && !written.isRewritten) continue
      const at = firstDifference(content, written.text)
      const text = `messages[${m}].content differs from what is written from character ${at} on: ${JSON.stringify(content.slice(at, at + 20))} became ${JSON.stringify(written.text.slice(at, at + 20))}.`
      findings.push({ rule: 'content-altered', severity: 'info', text, message: m, ...written.place })
    }
    return findings
  },
}

interface Written {
  text: string
  isRewritten: boolean
  place: { startChar: number; endChar: number }
}

/** Of each message the first text that its content became. */
function findContents({ rendered }: Masked): ReadonlyMap<number, Written> {
  const contents = new Map<number, Written>()
  for (const { source, sourceChar, startChar, endChar } of rendered.pieces) {
    if (source.kind !== 'message' || source.path !== 'content') continue
    const text = rendered.text.slice(startChar, endChar)
    const known = contents.get(source.message)
    if (known === undefined)
      contents.set(source.message, {
        text,
        isRewritten: sourceChar === undefined,
        place: { startChar, endChar },
      })
    else if (known.place.endChar === startChar) {
      known.text += text
      known.isRewritten ||= sourceChar === undefined
      known.place.endChar = endChar
    }
  }
  return contents
}

function firstDifference(a: string, b: string): number {
  let at = 0
  while (at < Math.min(a.length, b.length) && a[at] === b[at]) at++
  return at
}
