import { findGlobal } from '../../globals.ts'
import type { Span } from '../../syntax/ast.ts'
import { Passage, PassagePart } from '../../trace/log.ts'
import type { Str } from '../../values/str.ts'
import { Undefined } from '../../values/undefined.ts'
import type { Variable } from '../scope.ts'
import type { Site } from '../site.ts'
import { makeFunction } from './make-function.ts'
import { namesOf, slotsOf } from './names.ts'

/** A loop whose body is being emitted. */
export interface Loop {
  readonly id: number
  /** Its variable `loop`; undefined where the body has none. */
  readonly variable: Variable | undefined
}

/**
 * Collects the JavaScript of one function of a template.
 *
 * No character of the template comes into the code: whatever belongs to it is a constant (`c3`), its variables are numbered (`v3`).
 *
 *     v3  variable in slot 3: a local, or `s[3]` where closures share it       q3  its value, if that is a plain object
 *     t4  temporary      c5  constant        i6, a6, y6, u6, e6  a loop's index, list, cursor, turn, emptiness
 *     g7  what the template is given under the name that is constant 7
 *     F   the frame      rt  its runtime     out, w, o, room     its sink, the sink's log, text not added yet, how much of it fits
 */
export class Emitter {
  readonly site: Site
  readonly loops: Loop[] = []
  readonly #constants: unknown[] = []
  readonly #numbers: Map<unknown, number> = new Map()
  readonly #lines: string[] = []
  #count = 0
  #temporaries = 0
  /** Texts that are written next, with their writers. */
  #literals: { readonly literal: Str; readonly writer: Span }[] = []
  readonly #shared: Set<number> = new Set()
  readonly #asked: Set<number> = new Set()
  readonly #wholeLoops: Set<number> = new Set()
  readonly #given: Set<string> = new Set()
  readonly #unset: Map<string, Undefined> = new Map()
  /** Names that somewhere in the function are set to a namespace. */
  readonly namespaces: ReadonlySet<string>

  constructor(site: Site, namespaces: ReadonlySet<string>) {
    this.site = site
    this.namespaces = namespaces
  }

  /** What a name without a value gives. */
  unset(name: string): string {
    const unset = this.#unset.get(name) ?? new Undefined(`'${name}' is undefined`)
    this.#unset.set(name, unset)
    return this.constant(unset)
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

  /** A variable that nobody needs after the statement. */
  temporary(): string {
    return `t${this.#temporaries++}`
  }

  /** Emits a statement, or a part of one after which its temporaries are free again: frames are to be small, macros call one another. */
  statement<Emitted>(emit: () => Emitted): Emitted {
    const before = this.#temporaries
    const emitted = emit()
    this.#temporaries = before
    return emitted
  }

  line(code: string): void {
    this.#writeLiterals()
    this.#lines.push(code)
  }

  /** Text of the template is written. */
  literal(literal: Str, writer: Span): void {
    this.#literals.push({ literal, writer })
  }

  #writeLiterals(): void {
    const literals = this.#literals
    if (literals.length === 0) return
    this.#literals = []
    const passage = new Passage(
      literals.map(({ literal, writer }) => new PassagePart(literal, undefined, writer)),
    )
    const text = this.constant(literals.map(({ literal }) => literal.text).join(''))
    const entry = this.constant(passage)
    this.#lines.push(
      `o += ${text};`,
      `if (o.length > room) tooLongWithin(rt, ${entry}, o.length - room);`,
      `if (w !== undefined) w.push(${entry});`,
    )
  }

  /** Hands over what has been written. */
  flush(): void {
    this.line(`out.add(o); o = ''; room = out.room;`)
  }

  /** Others write in between, to whom what has been written is handed over first. */
  around(code: string): void {
    this.line(`out.add(o); o = '';`)
    this.line(code)
    this.line('room = out.room;')
  }

  /** As {@link around}, where the code itself hands over `o`. */
  handOver(code: string): void {
    this.line(code)
    this.line(`o = ''; room = out.room;`)
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

  /** As {@link assign}, of what is known to be a plain object, or to be none. */
  assignPlain(slot: number, code: string, isPlain: boolean): void {
    this.line(`v${slot} = ${code};`)
    this.line(`${isPlain ? 'P' : 'X'}${slot};`)
  }

  /** What the template is given under a name, or a global: looked up when the function starts. */
  given(name: string): string {
    this.#given.add(name)
    return `g${this.constant(name).slice(1)}`
  }

  /**
   * The function.
   *
   * @param isWhole whether it is the whole template, which is given a runtime instead of a frame
   */
  finish(isWhole: boolean): unknown {
    this.line('out.add(o);')
    return makeFunction({
      body: this.#resolve(this.#lines.join('\n')),
      lineCount: this.#lines.length,
      constants: this.#constants,
      given: [...this.#given].map(name => ({
        name,
        key: this.constant(name),
        global: this.constant(findGlobal(name)),
      })),
      frameSize: this.site.scope.unit.size,
      isWhole,
    })
  }

  /** Fills in what was not known before all was emitted. */
  #resolve(code: string): string {
    return code
      .replace(/\b([QPX])(\d+);/g, (_, how: string, slot: string) => this.#setPlain(how, Number(slot)))
      .replace(/\bN(\d+)\b/g, (_, id: string) => String(this.#wholeLoops.has(Number(id))))
      .replace(/\bv(\d+)\b/g, (name, slot: string) => (this.#shared.has(Number(slot)) ? `s[${slot}]` : name))
  }

  #setPlain(how: string, slot: number): string {
    if (!this.#asked.has(slot)) return ''
    const plain = how === 'Q' ? `isPlain(v${slot}) ? v${slot} : NEVER` : how === 'P' ? `v${slot}` : 'NEVER'
    return `q${slot} = ${plain};`
  }
}
