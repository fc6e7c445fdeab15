import { EVERY_MESSAGE, type Runtime } from '../runtime.ts'
import type { Value } from '../values/value.ts'
import { isIndex } from './list-names.ts'

/** What is done with a value on its way, and what goes on in its place. */
export type Probe = (runtime: Runtime, value: Value) => Value

/**
 * Filters that no template can name, since a name has no space: {@link probeTemplate} puts them in, and they note what a rendering does. They are
 * no steps of the template.
 */
export const PROBES: ReadonlyMap<string, Probe> = new Map<string, Probe>([
  /** `message | turn starts`: never true, and notes how far the text had come when the loop got to the message. */
  [
    'turn starts',
    runtime => {
      runtime.noteTurn(runtime.root.length)
      return false
    },
  ],
  /** `loop.last | reads all`: what is given depends on messages that may lie ahead. */
  [
    'reads all',
    (runtime, value) => {
      runtime.noteRead(EVERY_MESSAGE)
      return value
    },
  ],
  /** `messages[…] | reads message`. */
  [
    'reads message',
    (runtime, item) => {
      runtime.noteRead(runtime.messageOf(item) ?? EVERY_MESSAGE)
      return item
    },
  ],
  /** The index in `messages[index | counts on]`: from the end, another message has it when there are fewer. */
  [
    'counts on',
    (runtime, index) => {
      if (!isIndex(index)) runtime.noteRead(EVERY_MESSAGE)
      return index
    },
  ],
])
