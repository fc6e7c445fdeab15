import type { Span } from '../../syntax/ast.ts'
import { Passage } from '../../trace/log.ts'
import type { Str } from '../../values/str.ts'
import type { Variable } from '../scope.ts'
import type { Run, Site } from '../site.ts'
import { makeCode } from './make-code.ts'
import { namesOf, slotsOf } from './names.ts'
import * as support from './support.ts'

/** A loop whose body is being emitted. */
export interface Loop {
  readonly id: number
  /** Its variable `loop`; undefined where the body has none. */
  readonly variable: Variable | undefined
}

/** A list of functions and what they are called in the code. */
const SUPPORT = Object.keys(support)

/**
 * Collects the JavaScript of one function of a template.
 *
 * No character of the template comes into the code: whatever belongs to it is a constant (`c3`), its variables are numbered (`v3`).
 *
 *     v3  variable in slot 3: a local, or `s[3]` where closures share it       q3  its value, if that is a plain object
 *     t4  temporary      c5  constant        i6, a6, y6, u6, e6  a loop's index, list, cursor, turn, emptiness
 *     F   the frame      rt  its runtime     out, w, o, room     its sink, the sink's log, text not added yet, how much of it fits
 */
export class Emitter {
  readonly site: Site
  readonly loops: Loop[] = []
  readonly #constants: unknown[] = []
  readonly #numbers: Map<unknown, number> = new Map()
  readonly #lines: string[] = []
  #declared: string[] = []
  #count = 0
  /** Texts that are written next, with their writers. */
  #literals: { readonly literal: Str; readonly writer: Span }[] = []
  readonly #shared: Set<number> = new Set()
  readonly #asked: Set<number> = new Set()
  readonly #wholeLoops: Set<number> = new Set()

  constructor(site: Site) {
    this.site = site
  }

  /** The name of a value in the code. */
  constant(value: unknown): string {
    let number = this.#numbers.get(value)
    if (number === undefined) {
      number = this.#constants.push(value) - 1
      this.#numbers.set(value, number)
    }
    return `c${number}`
  }

  /** A number that no other name has. */
  number(): number {
    return this.#count++
  }

  /** A variable for the line that comes next. */
  temporary(): string {
    const name = `t${this.number()}`
    this.#declared.push(name)
    return name
  }

  line(code: string): void {
    this.#writeLiterals()
    this.#declare()
    this.#lines.push(code)
  }

  /** Text of the template is written. */
  literal(literal: Str, writer: Span): void {
    this.#declare()
    this.#literals.push({ literal, writer })
  }

  #declare(): void {
    if (this.#declared.length === 0) return
    const declared = this.#declared
    this.#declared = []
    this.line(`let ${declared.join(', ')};`)
  }

  #writeLiterals(): void {
    const literals = this.#literals
    if (literals.length === 0) return
    this.#literals = []
    const passage = new Passage(literals.map(part => ({ ...part, key: undefined })))
    const text = this.constant(literals.map(({ literal }) => literal.text).join(''))
    const entry = this.constant(passage)
    this.#lines.push(
      `o += ${text};`,
      `if (o.length > room) tooLongWithin(rt, ${entry}, o.length - room);`,
      `if (w !== undefined) w.push(${entry});`,
    )
  }

  /** Closures are at work in between: what has been written is handed over, and written on afterwards. */
  around(code: string): void {
    this.line(`out.add(o); o = '';`)
    this.line(code)
    this.line('room = out.room;')
  }

  /** A node is left to closures: they share the variables that it names. */
  share(site: Site, node: Parameters<typeof namesOf>[0]): void {
    for (const slot of slotsOf(site, namesOf(node))) this.#shared.add(slot)
    for (const { id, variable } of this.loops) {
      if (variable !== undefined && this.#shared.has(variable.slot)) this.#wholeLoops.add(id)
    }
  }

  /** A loop's `loop` is used as a value: it has to be made. */
  wholeLoop(id: number): void {
    this.#wholeLoops.add(id)
  }

  variable(slot: number): string {
    return `v${slot}`
  }

  /** The variable's value where that is a plain object. */
  plainVariable(slot: number): string {
    this.#asked.add(slot)
    return `q${slot}`
  }

  /** Sets a variable. */
  assign(slot: number, code: string): void {
    this.line(`v${slot} = ${code};`)
    this.line(`Q${slot};`)
  }

  /** The function. */
  finish(): Run {
    this.line('out.add(o);')
    const body = this.#resolve(this.#lines.join('\n'))
    const constants = this.#constants.map((_, i) => `const c${i} = C[${i}];`).join('\n')
    const code = `'use strict';
const { ${SUPPORT.join(', ')} } = S;
${constants}
return function (F) {
const rt = F.runtime, s = F.slots, out = rt.out, w = out.log;
let o = '', room = out.room;
${this.#variables(body)}
${body}
return 0;
}`
    return makeCode(['S', 'C'], code)(support, this.#constants) as Run
  }

  #resolve(code: string): string {
    return code
      .replace(/\bQ(\d+);/g, (_, slot: string) =>
        this.#asked.has(Number(slot)) ? `q${slot} = isPlain(v${slot}) ? v${slot} : NEVER;` : '',
      )
      .replace(/\bN(\d+)\b/g, (_, id: string) => String(this.#wholeLoops.has(Number(id))))
      .replace(/\bv(\d+)\b/g, (name, slot: string) => (this.#shared.has(Number(slot)) ? `s[${slot}]` : name))
  }

  #variables(body: string): string {
    const given = new Set([...this.site.scope.loads.keys()].map(({ slot }) => slot))
    const names = new Set(body.match(/\b[vq]\d+\b/g))
    const lines: string[] = []
    for (const name of names) {
      const slot = Number(name.slice(1))
      if (name.startsWith('v')) lines.push(given.has(slot) ? `let ${name} = s[${slot}];` : `let ${name};`)
      else
        lines.push(
          given.has(slot)
            ? `let ${name} = isPlain(s[${slot}]) ? s[${slot}] : NEVER;`
            : `let ${name} = NEVER;`,
        )
    }
    return lines.join('\n')
  }
}
