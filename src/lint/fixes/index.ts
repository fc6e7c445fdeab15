import { encodedArguments } from './encoded-arguments.ts'
import type { Mend } from './mend.ts'
import { nullContent } from './null-content.ts'
import { reasoningName } from './reasoning-name.ts'
import { roleSpelling } from './role-spelling.ts'
import { secondBos } from './second-bos.ts'

/** All mends, in the order in which they are tried: first what keeps a row from being read at all. */
export const MENDS: readonly Mend[] = [roleSpelling, nullContent, reasoningName, encodedArguments, secondBos]
