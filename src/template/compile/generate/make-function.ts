import { BASE_NAMES } from '../../variables.ts'
import { makeCode } from './make-code.ts'
import * as support from './support.ts'

/** What the code of a function is made of; its names are those of Emitter. */
interface FunctionParts {
  readonly body: string
  readonly lineCount: number
  readonly constants: readonly unknown[]
  /** The names that it reads from what the template is given, with the constants of their keys and of globals of that name. */
  readonly given: readonly { readonly name: string; readonly key: string; readonly global: string }[]
  readonly frameSize: number
  readonly isWhole: boolean
}

/** What the code calls. */
const SUPPORT: string = Object.keys(support).join(', ')

/** Models' templates come to 1,300 lines. V8 does not optimise what is much larger, and closures are made sooner. */
const MOST_LINES = 20_000

/** Puts a function together, and makes it. @throws RangeError, SyntaxError for one that is too large or nested too deep */
export function makeFunction({
  body,
  lineCount,
  constants,
  given,
  frameSize,
  isWhole,
}: FunctionParts): unknown {
  const names = [...new Set(body.match(/\b[vqt]\d+\b/g))]
  // Most templates leave nothing to closures, and need no frame.
  const needsFrame = /\bF\b|\bs\[/.test(body)
  const start = isWhole
    ? needsFrame && `const F = new Frame(rt, ${frameSize}, undefined), s = F.slots;`
    : 'const rt = F.runtime, s = F.slots;'
  const lines = [
    `'use strict';`,
    `const { ${SUPPORT} } = S;`,
    ...constants.map((_, i) => `const c${i} = C[${i}];`),
    // In parentheses it is compiled at once: what is nested too deep fails now, not in a rendering.
    `return (function (${isWhole ? 'rt' : 'F'}) {`,
    start || '',
    'const out = rt.out, w = out.log;',
    `let o = '', room = out.room;`,
    ...given.map(lookUp),
    ...names.map(name => (name.startsWith('q') ? `let ${name} = NEVER;` : `let ${name};`)),
    body,
    'return 0;',
    '})',
  ]
  if (lineCount > MOST_LINES) throw new RangeError(`the code has ${lineCount} lines`)
  return makeCode(['S', 'C'], lines.join('\n'))(support, constants)
}

/** Finds a name in the layers of variables, each of which V8 sees from here alone. */
function lookUp({ name, key, global }: FunctionParts['given'][number]): string {
  const value = `g${key.slice(1)}`
  // What every object of JavaScript inherits under that name, a layer must not be taken to have.
  if (name in Object.prototype) return `const ${value} = rt.resolve(${key});`
  const otherwise = BASE_NAMES.includes(name)
    ? `readItemTraced(rt.variables, ${key}, rt.variables.base(${key}))`
    : global
  return `let ${value} = rt.variables.first[${key}];
if (${value} === undefined) ${value} = rt.variables.second[${key}];
if (${value} === undefined) ${value} = rt.variables.third[${key}];
${value} = ${value} === undefined ? ${otherwise} : readItemTraced(rt.variables, ${key}, ${value});`
}
