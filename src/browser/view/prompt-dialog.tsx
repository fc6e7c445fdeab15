import { useEffect, useRef } from 'preact/hooks'
import { toCount, toSpansHtml, toThousands } from '../../page/index.ts'
import type { PromptView } from '../../view/index.ts'

/** What a model sees when it is to write an answer, what it has to write, and what ends it. */
export function PromptDialog({ prompt, onClose }: { prompt: PromptView; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    dialog.current?.showModal()
  }, [])
  const { example, promptTokens, answerEndToken, message, stops, error } = prompt
  // Of what is long only the end is here: of the prompt, or even of the answer.
  const from = example?.firstToken ?? 0
  const promptEnd = Math.max(0, promptTokens - from)
  return (
    <dialog ref={dialog} class="prompt" onClose={onClose} aria-label={`Message ${message} at inference`}>
      <h2>Message {message} at inference</h2>
      {error !== undefined && <p class="warn">{error}</p>}
      {example !== undefined && (
        <>
          <h3>What the model is given: {toCount(promptTokens, 'token')}</h3>
          {from > 0 && <p class="dim">The last {toThousands(promptEnd)} of them:</p>}
          <Tokens example={example} first={0} end={promptEnd} weight={0} />
          <h3>What it has to write: {toCount(answerEndToken - promptTokens, 'token')}</h3>
          <Tokens example={example} first={promptEnd} end={answerEndToken - from} weight={1} />
        </>
      )}
      <p>
        Generation ends with{' '}
        {stops.length === 0
          ? 'no token: nothing says so'
          : stops.map(stop => <code key={stop}>{stop} </code>)}
      </p>
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </dialog>
  )
}

interface TokensProps {
  readonly example: NonNullable<PromptView['example']>
  readonly first: number
  readonly end: number
  readonly weight: number
}

function Tokens({ example, first, end, weight }: TokensProps) {
  const html = toSpansHtml(example, [first, end], () => ({ weight, isDifferent: false }))
  return <pre dangerouslySetInnerHTML={{ __html: html }} />
}
