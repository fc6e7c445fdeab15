/**
 * A stretch of text on its way to the model, which knows for each of its UTF-16 units which units of the original it came from:
 * what the `tokenizers` crate calls a NormalizedString, with the same habits where characters vanish, appear or change places.
 *
 * Ranges are in UTF-16 units of the whole original text. Both halves of a surrogate pair have the range of the character.
 */
export interface AlignedText {
  readonly text: string
  /** Where this stretch begins in the original. */
  readonly base: number
  /** One range for each unit of `text`; undefined while unit i is still the original's `base + i`. */
  readonly ranges: Ranges | undefined
}

export interface Ranges {
  readonly starts: Int32Array
  readonly ends: Int32Array
}

export function alignText(text: string, base = 0): AlignedText {
  return { text, base, ranges: undefined }
}

/** The stretch of `source` from unit `start` to `end`, which lie between characters. */
export function sliceAligned(source: AlignedText, start: number, end: number): AlignedText {
  if (start === 0 && end === source.text.length && source.ranges === undefined) return source
  const text = source.text.slice(start, end)
  if (source.ranges === undefined) return { text, base: source.base + start, ranges: undefined }
  const starts = source.ranges.starts.subarray(start, end)
  const ends = source.ranges.ends.subarray(start, end)
  return { text, base: starts[0] ?? source.base, ranges: { starts, ends } }
}

/** The place in the original where the character begins whose first unit is `unit`. */
export function originalStart(source: AlignedText, unit: number): number {
  return source.ranges === undefined ? source.base + unit : source.ranges.starts[unit]!
}

/** The place in the original where the character ends that ends before `unit`. */
export function originalEnd(source: AlignedText, unit: number): number {
  return source.ranges === undefined ? source.base + unit : source.ranges.ends[unit - 1]!
}

/**
 * Writes a changed text from a source, from left to right. What is new shares the range of the character before it in the source,
 * what is put in a character's place has that one's range.
 */
export class Rewrite {
  readonly #source: AlignedText
  readonly #parts: string[] = []
  #starts: Int32Array
  #ends: Int32Array
  #length = 0
  /** Unit of the source that comes next. */
  #at = 0

  constructor(source: AlignedText) {
    this.#source = source
    this.#starts = new Int32Array(source.text.length + 16)
    this.#ends = new Int32Array(source.text.length + 16)
  }

  /** Takes the source over as it is, up to unit `end`. */
  keep(end: number): void {
    const start = this.#at
    if (end <= start) return
    this.#reserve(end - start)
    const { text, base, ranges } = this.#source
    this.#parts.push(text.slice(start, end))
    if (ranges === undefined) {
      for (let unit = start; unit < end; ) {
        const size = sizeAt(text, unit)
        for (let i = 0; i < size; i++) this.#append(base + unit, base + unit + size)
        unit += size
      }
    } else {
      this.#starts.set(ranges.starts.subarray(start, end), this.#length)
      this.#ends.set(ranges.ends.subarray(start, end), this.#length)
      this.#length += end - start
    }
    this.#at = end
  }

  /** Leaves out characters of the source. */
  skip(characters: number): void {
    const { text } = this.#source
    for (let i = 0; i < characters && this.#at < text.length; i++) this.#at += sizeAt(text, this.#at)
  }

  skipTo(unit: number): void {
    this.#at = unit
  }

  /** Puts something in the place of the next character. */
  replace(replacement: string): void {
    const size = this.#at < this.#source.text.length ? sizeAt(this.#source.text, this.#at) : 0
    this.#put(replacement, this.#at, this.#at + size)
    this.#at += size
  }

  /** Adds something new. */
  insert(text: string): void {
    const size = this.#at > 0 ? sizeBefore(this.#source.text, this.#at) : 0
    this.#put(text, this.#at - size, this.#at)
  }

  finish(): AlignedText {
    const ranges = {
      starts: this.#starts.subarray(0, this.#length),
      ends: this.#ends.subarray(0, this.#length),
    }
    return { text: this.#parts.join(''), base: this.#source.base, ranges }
  }

  /** Nothing before it in the source: the crate gives it the empty range at the beginning. */
  #put(text: string, sourceStart: number, sourceEnd: number): void {
    const source = this.#source
    const isNowhere = sourceStart === sourceEnd
    const start = isNowhere ? source.base : originalStart(source, sourceStart)
    const end = isNowhere ? source.base : originalEnd(source, sourceEnd)
    this.#reserve(text.length)
    this.#parts.push(text)
    for (let i = 0; i < text.length; i++) this.#append(start, end)
  }

  #append(start: number, end: number): void {
    this.#starts[this.#length] = start
    this.#ends[this.#length++] = end
  }

  #reserve(units: number): void {
    if (this.#length + units <= this.#starts.length) return
    const size = Math.max(this.#length + units, this.#starts.length * 2)
    const starts = new Int32Array(size)
    const ends = new Int32Array(size)
    starts.set(this.#starts)
    ends.set(this.#ends)
    this.#starts = starts
    this.#ends = ends
  }
}

/** Units of the character that begins at `unit`. */
function sizeAt(text: string, unit: number): number {
  return text.codePointAt(unit)! > 0xffff ? 2 : 1
}

/** Units of the character that ends before `unit`. */
function sizeBefore(text: string, unit: number): number {
  const isLow = (text.charCodeAt(unit - 1) & 0xfc00) === 0xdc00
  return isLow && unit > 1 && (text.charCodeAt(unit - 2) & 0xfc00) === 0xd800 ? 2 : 1
}
