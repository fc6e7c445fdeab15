import { type EmbeddedView, NO_DETAIL } from '../../view/index.ts'
import type { Answers, FromWorker, Question, ToWorker } from './messages.ts'

/** Where the page's rows come from, and what computes. */
export interface ViewSource {
  ask<Kind extends Question['kind']>(question: Extract<Question, { kind: Kind }>): Promise<Answers[Kind]>
  /** Undefined where nothing can be computed anew. */
  readonly say: ((message: Exclude<ToWorker, { kind: 'ask' }>) => void) | undefined
}

type Tell = (message: Exclude<FromWorker, { kind: 'answer' }>) => void

/** A worker with what a server has, or a person has dropped. */
export function openWorker(tell: Tell): ViewSource {
  const code = document.getElementById('worker')!.textContent
  const address = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }))
  const worker = new Worker(address)
  const say = (message: ToWorker): void => worker.postMessage(message)
  const waiting = new Map<number, (answer: never) => void>()
  let questions = 0
  let lastDetail = -1
  worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
    if (data.kind !== 'answer') return tell(data)
    waiting.get(data.id)?.(data.answer as never)
    waiting.delete(data.id)
  })
  worker.addEventListener('error', ({ message }) => {
    tell({ kind: 'failed', text: `The worker failed: ${message}` })
  })
  return {
    ask: question =>
      new Promise(resolve => {
        const id = questions++
        if (question.kind === 'detail') {
          waiting.delete(lastDetail)
          lastDetail = id
        }
        waiting.set(id, resolve)
        say({ kind: 'ask', id, question })
      }),
    say,
  }
}

/** What was written into the page. */
export function openEmbedded(view: EmbeddedView, tell: Tell): ViewSource {
  const { heads, scan, budget, templates, settings } = view
  queueMicrotask(() => {
    const choices = { models: [], templates, hasOwnTemplate: true, strategies: [] }
    tell({ kind: 'opened', ...choices, base: settings, settings })
    tell({ kind: 'counted', rows: heads.length, isWhole: true })
    tell({ kind: 'scanned', part: scan, budget })
  })
  return {
    ask: async question => answerFrom(view, question) as never,
    say: undefined,
  }
}

function answerFrom(view: EmbeddedView, question: Question): Answers[keyof Answers] {
  switch (question.kind) {
    case 'heads':
      return question.rows.map(row => view.heads[row]!)
    case 'detail':
      return (
        view.details[question.row] ?? {
          ...NO_DETAIL,
          row: question.row,
          where: '',
          error: 'There is no such row.',
        }
      )
    case 'prompt': {
      const { row, message } = question
      const error = 'A page that was written to a file renders nothing: open the rows with lossline view.'
      return { row, message, example: undefined, promptTokens: 0, answerEndToken: 0, stops: [], error }
    }
    case 'markers':
      return { response: undefined, instruction: undefined }
    case 'search':
      return search(view, question.text.toLowerCase())
    default: {
      const never: never = question
      return never
    }
  }
}

function search({ details }: EmbeddedView, text: string): number[] {
  const rows: number[] = []
  for (const [row, { examples }] of details.entries()) {
    if (examples.some(example => example.text.toLowerCase().includes(text))) rows.push(row)
  }
  return rows
}
