import { setFlagsFromString } from 'node:v8'

/** Node.js versions whose V8 is known to have the flags below: another one would complain of a flag that it doesn't know. */
const FIRST_KNOWN = 20
const LAST_KNOWN = 24

/**
 * Settings of V8 for a process that does nothing but go through rows; they hold for all of its threads. Of 40 MB of chats on two threads:
 *
 * - The heap may grow to eight times what was alive after a collection before it is gone through again. What is alive is small (15 MB), what is
 *   allocated outside of it for each row is not: V8 took it for growth, and looked for garbage 25 times instead of 5.
 * - A function is compiled with fewer of those that it calls in it: a third less to compile, and each thread compiles for itself. The code is as fast.
 */
export function tuneV8(): void {
  const major = Number(process.versions.node.split('.')[0])
  if (major < FIRST_KNOWN || major > LAST_KNOWN) return
  setFlagsFromString('--heap-growing-percent=700')
  setFlagsFromString('--max-inlined-bytecode-size-cumulative=300')
}
