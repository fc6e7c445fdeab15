/** Makes a function of JavaScript code: the one place where that is done. @throws EvalError where a content security policy forbids it */
export function makeCode(
  parameters: readonly string[],
  body: string,
): (...args: readonly unknown[]) => unknown {
  return new Function(...parameters, body) as (...args: readonly unknown[]) => unknown
}

let isAllowed: boolean | undefined

/** Whether code can be made here: pages may forbid it. */
export function canMakeCode(): boolean {
  isAllowed ??= probe()
  return isAllowed
}

function probe(): boolean {
  try {
    return makeCode([], 'return true')() === true
  } catch {
    return false
  }
}
