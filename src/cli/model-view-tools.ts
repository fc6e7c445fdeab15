import type { TemplateReport, ToolReport } from '../agreement/index.ts'
import { KINDS, TOOLS } from '../compare/index.ts'
import { toThousands } from '../inspect/index.ts'
import { type Drawing, drawNamed, drawNote, quote } from './model-view.ts'

/** Whether other tools' rules would find the answers, a line or two for each. */
export function drawTools({ tools, conversations }: TemplateReport, drawing: Drawing): string[] {
  const title = `other tools’ rules, on ${conversations} conversations of two or three answers:`
  return [
    ...drawNote(title, drawing).map(drawing.paint.bold),
    ...tools.flatMap(tool => {
      const { mark, text } = sayTool(tool)
      const note = sayNote(tool)
      return [
        ...drawNamed(tool.name, text, drawing, mark),
        ...(note === undefined ? [] : drawNamed('', note, drawing).map(drawing.paint.dim)),
      ]
    }),
  ]
}

function sayTool(report: ToolReport): { readonly mark: string; readonly text: string } {
  const { name, untold, answers, whole, otherTokens } = report
  if (untold === 'no marks')
    return { mark: '✗', text: `the template has no {% generation %}: ${TOOLS[name].withoutMarks}` }
  if (untold === 'no marker')
    return {
      mark: '✗',
      text: 'nothing to search for: the template writes nothing in front of an answer, or of a question',
    }
  if (untold === 'no tokenizer') return { mark: '?', text: 'goes by ids: not known without a tokenizer' }
  const refused = sayRefused(report)
  if (answers === 0) return { mark: '✗', text: refused ?? 'no answer in what it takes' }
  const isExact = whole === answers && otherTokens === 0 && refused === undefined
  const words = [sayFound(report), ...sayKinds(report), ...(refused === undefined ? [] : [refused])]
  return {
    mark: isExact ? '✓' : whole === answers && refused === undefined ? '~' : '✗',
    text: words.join('; '),
  }
}

/** What has to be known to read the numbers. Rows of prompt and completion are here as that tool wants them. */
function sayNote({ name, untold }: ToolReport): string | undefined {
  return untold !== undefined || TOOLS[name].strategy === 'prompt-ids' ? undefined : TOOLS[name].note
}

function sayFound({ answers, found, whole, otherTokens }: ToolReport): string {
  const wholes = whole === found ? '' : `, ${toThousands(whole)} of them whole`
  const others = otherTokens === 0 ? '' : `, and ${count(otherTokens, 'token')} too many`
  const all =
    found === answers && whole === answers
      ? `all ${count(answers, 'answer')}`
      : `${toThousands(found)} of ${count(answers, 'answer')}${wholes}`
  return `${all}${others}`
}

/** The worst way to differ, in words. */
function sayKinds({ kinds }: ToolReport): string[] {
  const [worst] = kinds
  if (worst === undefined) return []
  const [example] = worst.examples
  const place =
    example === undefined ? '' : `, ${JSON.stringify(cut(example.difference.text))} with ${example.where}`
  return [`${KINDS[worst.kind]}${place}`]
}

function cut(text: string): string {
  return text.length > 30 ? `${text.slice(0, 29)}…` : text
}

function sayRefused({ refused, probes }: ToolReport): string | undefined {
  if (refused === undefined) return undefined
  return `refuses ${refused.probes} of ${probes} conversations, ${refused.probe} first: ${quote(refused.reason)}`
}

function count(number: number, noun: string): string {
  return `${toThousands(number)} ${noun}${number === 1 ? '' : 's'}`
}
