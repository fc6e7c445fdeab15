import type { Filter } from '../filters/filter.ts'
import { isIndex } from './list-names.ts'

/** Filters that no template can name, since a name has no space: {@link probeTemplate} puts them in, and they note what a rendering does. */
export const PROBES: readonly Filter[] = [
  {
    /** `message | turn starts`: never true, and notes how far the text had come when the loop got to the message. */
    name: 'turn starts',
    parameters: [],
    run: (runtime, item) => {
      runtime.noteTurn(item)
      return false
    },
  },
  {
    /** `loop.last | reads all`: what is given depends on messages that may lie ahead. */
    name: 'reads all',
    parameters: [],
    isTraced: true,
    run: (runtime, value) => {
      runtime.noteRead(Infinity)
      return value
    },
  },
  {
    /** `messages[…] | reads message`. */
    name: 'reads message',
    parameters: [],
    run: (runtime, item) => {
      runtime.noteRead(runtime.messageOf(item) ?? Infinity)
      return item
    },
  },
  {
    /** The index in `messages[index | counts on]`: from the end, another message has it when there are fewer. */
    name: 'counts on',
    parameters: [],
    run: (runtime, index) => {
      if (!isIndex(index)) runtime.noteRead(Infinity)
      return index
    },
  },
]
