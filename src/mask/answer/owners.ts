import type { Rendered, Source } from '../../template/index.ts'

/** The owner of text that is no message's own. */
export const NOBODY = -1
/** The owner of text that was made from the own text of several messages. */
export const SEVERAL = -2

/**
 * For each piece of a rendered conversation, the message whose own characters it holds: those of its content, reasoning or tool calls
 * (not its role, name or ids). {@link NOBODY} for text of the template and of variables, {@link SEVERAL} for text made from several.
 */
export function findOwners(rendered: Rendered): Int32Array {
  const owners = new Int32Array(rendered.pieces.length)
  for (let p = 0; p < owners.length; p++) owners[p] = ownerOf(rendered.pieces[p]!.source)
  return owners
}

function ownerOf(source: Source): number {
  switch (source.kind) {
    case 'message':
      return source.field === 'content' || source.field === 'reasoning' || source.field === 'tool_calls'
        ? source.message
        : NOBODY
    case 'union': {
      let owner = NOBODY
      for (const part of source.sources) {
        const of = ownerOf(part)
        if (of === NOBODY || of === owner) continue
        owner = owner === NOBODY ? of : SEVERAL
      }
      return owner
    }
    case 'literal':
    case 'variable':
    case 'computed':
      return NOBODY
    default: {
      const never: never = source
      return never
    }
  }
}
