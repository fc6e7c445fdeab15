import { type Chunk, type DatasetRow, findRowRanges, type ReadRow, readChunk } from '../dataset/index.ts'
import { LosslineError } from '../error.ts'
import { type Json, writeJson } from '../json/index.ts'
import {
  countRow,
  emptyLintTally,
  findInRow,
  type LintTally,
  lintFailure,
  type Mended,
  mendRow,
  type PlacedFinding,
  type RowSubject,
  type SeenRow,
  toFailureFinding,
} from '../lint/index.ts'
import type { Model } from '../open-model.ts'
import { type CheckTask, toSubject, withoutPlace } from './check-chunk.ts'
import { addRowFix, emptyFixTally, type FixTally } from './fix-tally.ts'
import { LoopGuard } from './loop-guard.ts'
import { OPTION_CODES } from './prepare-chunk.ts'
import type { Settings } from './settings.ts'
import { withPauses } from './with-pauses.ts'

/** A chunk after it was mended. Plain data, so that threads can send it. */
export interface FixedChunk {
  /** What the rules find in the rows as they are now. */
  readonly lint: LintTally
  readonly fixes: FixTally
  /** The rows: of JSON all bytes of the chunk, of anything else JSON lines. */
  readonly bytes: ArrayBuffer
}

/**
 * Mends the rows of a chunk where that can be done without guessing, and puts them to the rules as they are then. The bytes of rows of JSON in
 * which nothing is mended stay as they are.
 *
 * @throws LosslineError as `checkChunk`
 */
export async function fixChunk(task: CheckTask, model: Model, settings: Settings): Promise<FixedChunk> {
  const work = new FixWork(model, settings, {
    ...task,
    facts: { ...task.facts, isColumnar: task.chunk.kind === 'arrow' },
  })
  for await (const row of withPauses(await readChunk(task.chunk))) work.add(row)
  return work.end()
}

class FixWork {
  readonly #model: Model
  readonly #settings: Settings
  readonly #task: CheckTask
  readonly #lint: LintTally = emptyLintTally()
  readonly #fixes: FixTally = emptyFixTally()
  readonly #writer: RowWriter
  readonly #guard: LoopGuard = new LoopGuard()

  constructor(model: Model, settings: Settings, task: CheckTask) {
    this.#model = model
    this.#settings = settings
    this.#task = task
    this.#writer = openWriter(task.chunk)
  }

  add(row: DatasetRow): void {
    if (row.kind === 'broken') {
      lintFailure(this.#lint, row.where, withoutPlace(row.error))
      if (!this.#writer.keep(undefined)) this.#fixes.leftOut++
      return
    }
    const seen = this.#look(row, row.value)
    const { levels, facts } = this.#task
    const mend = {
      look: (value: Json) => this.#look(row, value),
      context: this.#model,
      levels,
      isColumnar: facts.isColumnar,
    }
    const isClean = seen.findings.length === 0
    const mended = isClean
      ? { text: '', seen, mended: [] as readonly Mended[] }
      : mendRow(this.#writer.textOf(row), row.value, seen, { ...mend, rows: this.#settings.rows })
    this.#count(row, mended.seen)
    if (mended.mended.length === 0) {
      this.#writer.keep(row)
      return
    }
    addRowFix(this.#fixes, row.where, mended.mended)
    this.#writer.replace(mended.text)
  }

  end(): FixedChunk {
    return { lint: this.#lint, fixes: this.#fixes, bytes: this.#writer.end() }
  }

  #look({ where, row }: ReadRow, value: Json): Seen {
    const { levels, facts } = this.#task
    const work = { model: this.#model, settings: this.#settings, task: { ...this.#task, facts } }
    try {
      const { subject, read } = toSubject({ kind: 'row', value, where, row }, work)
      const placed = findInRow(subject, read, levels)
      const findings = placed.map(([finding]) => finding)
      return { findings, masks: subject.masks, error: undefined, subject, placed }
    } catch (error) {
      if (!(error instanceof LosslineError) || OPTION_CODES.includes(error.code)) throw error
      return { findings: [toFailureFinding(error)], masks: [], error, subject: undefined, placed: [] }
    }
  }

  #count({ where }: ReadRow, { subject, placed, error }: Seen): void {
    if (error !== undefined) {
      this.#guard.fail(error.at(where))
      lintFailure(this.#lint, where, error)
    } else if (subject !== undefined) {
      this.#guard.pass()
      countRow(this.#lint, subject, placed, this.#task.levels)
    }
  }
}

interface Seen extends SeenRow {
  readonly subject: RowSubject | undefined
  readonly placed: readonly PlacedFinding[]
}

/** Takes the rows of a chunk one after the other. */
interface RowWriter {
  textOf(row: ReadRow): string
  /** The row stays as it is. False where there is none that could be written. */
  keep(row: ReadRow | undefined): boolean
  replace(text: string): void
  end(): ArrayBuffer
}

function openWriter(chunk: Chunk): RowWriter {
  const ranges = findRowRanges(chunk)
  return ranges === undefined ? new LineWriter() : new SplicingWriter(new Uint8Array(chunk.bytes), ranges)
}

/** Rows that the chunk has as JSON: what is not replaced is never written anew. */
class SplicingWriter implements RowWriter {
  readonly #bytes: Uint8Array
  readonly #ranges: Uint32Array
  readonly #parts: Uint8Array[] = []
  #row = 0
  #at = 0

  constructor(bytes: Uint8Array, ranges: Uint32Array) {
    this.#bytes = bytes
    this.#ranges = ranges
  }

  textOf(): string {
    const [start, end] = this.#range()
    return Buffer.from(this.#bytes.buffer, start, end - start).toString('utf8')
  }

  keep(): boolean {
    this.#row++
    return true
  }

  replace(text: string): void {
    const [start, end] = this.#range()
    this.#parts.push(this.#bytes.subarray(this.#at, start), Buffer.from(text, 'utf8'))
    this.#at = end
    this.#row++
  }

  end(): ArrayBuffer {
    if (this.#parts.length === 0) return this.#bytes.buffer as ArrayBuffer
    return concat([...this.#parts, this.#bytes.subarray(this.#at)])
  }

  #range(): readonly [start: number, end: number] {
    return [this.#ranges[2 * this.#row]!, this.#ranges[2 * this.#row + 1]!]
  }
}

/** Rows that were no JSON. */
class LineWriter implements RowWriter {
  readonly #lines: Uint8Array[] = []

  textOf({ value }: ReadRow): string {
    return writeJson(value)
  }

  keep(row: ReadRow | undefined): boolean {
    if (row !== undefined) this.replace(this.textOf(row))
    return row !== undefined
  }

  replace(text: string): void {
    this.#lines.push(Buffer.from(`${text}\n`, 'utf8'))
  }

  end(): ArrayBuffer {
    return concat(this.#lines)
  }
}

function concat(parts: readonly Uint8Array[]): ArrayBuffer {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.byteLength
  }
  return bytes.buffer
}
