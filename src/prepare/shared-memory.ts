import type { ChunkMemory } from '../dataset/index.ts'

/** A chunk is a little longer than the last one now and then: memory that is a little too short for it is of no use. */
const GRAIN = 1 << 19

/**
 * Memory that threads share and that is used again and again: what a chunk is read into, and what its rows are written to. To allocate it for each
 * chunk costs the collector a look at the whole heap every few chunks, and the system new pages.
 */
export class SharedMemory implements ChunkMemory {
  readonly #free: SharedArrayBuffer[] = []

  take(byteLength: number): SharedArrayBuffer {
    const at = this.#free.findIndex(memory => memory.byteLength >= byteLength)
    if (at !== -1) return this.#free.splice(at, 1)[0]!
    // One that is too short makes place for one that is not.
    this.#free.pop()
    return new SharedArrayBuffer(Math.ceil(byteLength / GRAIN) * GRAIN)
  }

  /** Memory that is none of this kind is left to the collector. */
  give(memory: ArrayBuffer | SharedArrayBuffer): void {
    if (memory instanceof SharedArrayBuffer) this.#free.push(memory)
  }
}
