import type { Finding } from '../../finding.ts'
import type { MaskInput } from '../mask-input.ts'

/**
 * Arguments of tool calls that are JSON in a string and that the template encodes once more: the model is taught to write `"{\"a\": 1}"` where
 * a caller expects `{"a": 1}`.
 */
export function reportDoubleEncoded({ rendered }: MaskInput): Finding[] {
  const findings: Finding[] = []
  for (const { source, sourceChar, startChar, endChar } of rendered.pieces) {
    if (source.kind !== 'message' || source.field !== 'tool_calls' || sourceChar !== undefined) continue
    if (!source.path.endsWith('.arguments')) continue
    const written = parse(rendered.text.slice(startChar, endChar))
    if (typeof written !== 'string' || !isObject(parse(written))) continue
    const { message } = source
    const text = `messages[${message}].${source.path} is a JSON string, and the template encodes it again: this template takes an object.`
    findings.push({ rule: 'arguments-double-encoded', severity: 'error', text, message, startChar, endChar })
  }
  return findings
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
