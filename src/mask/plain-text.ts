import type { PlainText, PromptCompletion } from '../conversation/index.ts'
import type { Piece, Rendered, TemplatePlace } from '../template/index.ts'

/** No template wrote this text. */
const NOWHERE: TemplatePlace = { startChar: 0, endChar: 0, line: 1, column: 1 }

/**
 * A row without messages as `Rendered`: its own text, and the EOS that TRL appends where it isn't there already.
 *
 * @param eos the tokenizer's EOS token, undefined when it has none
 */
export function renderPlain(example: PlainText | PromptCompletion, eos: string | undefined): Rendered {
  const parts: [name: string, text: string][] =
    example.kind === 'text'
      ? [['text', example.text]]
      : [
          ['prompt', example.prompt],
          ['completion', example.completion],
        ]
  const end = parts.at(-1)![1]
  if (eos !== undefined && !end.endsWith(eos)) parts.push(['eos_token', eos])
  const pieces: Piece[] = []
  let text = ''
  for (const [name, part] of parts) {
    if (part === '') continue
    const startChar = text.length
    text += part
    const source = { kind: 'variable', name, path: name } as const
    pieces.push({ startChar, endChar: text.length, source, sourceChar: 0, writer: NOWHERE })
  }
  return { text, pieces, turns: [], marks: [], usesClock: false }
}
