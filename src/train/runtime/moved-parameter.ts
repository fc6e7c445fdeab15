import { MessageChannel, type MessagePort } from 'node:worker_threads'
import type { Parameter } from '../trainable-model.ts'

/** The arrays of a parameter on their way to another thread, and back. */
export interface Moved {
  readonly data: Float32Array<ArrayBuffer>
  /** undefined: zeros. */
  readonly gradient: Float32Array<ArrayBuffer> | undefined
}

/**
 * A parameter whose arrays are moved to the thread that computes and back: ONNX Runtime takes no memory that threads share, and a copy
 * there would take as much again.
 */
export class MovedParameter implements Parameter {
  readonly name: string
  readonly shape: readonly number[]
  readonly decays: boolean
  data: Float32Array<ArrayBuffer>
  #gradient: Float32Array<ArrayBuffer> | undefined

  constructor({ name, shape, decays, length }: ParameterShape) {
    this.name = name
    this.shape = shape
    this.decays = decays
    this.data = new Float32Array(length)
  }

  /** Zeros take no memory until somebody asks for them. */
  get gradient(): Float32Array<ArrayBuffer> {
    this.#gradient ??= new Float32Array(this.data.length)
    return this.#gradient
  }

  set gradient(gradient: Float32Array<ArrayBuffer> | undefined) {
    this.#gradient = gradient
  }

  /** What is posted; posting it moves it, when {@link listBuffers} is the list of what is transferred. */
  toMoved(withGradient: boolean): Moved {
    return { data: this.data, gradient: withGradient ? this.#gradient : undefined }
  }

  /** Makes the gradient zeros, and gives its memory back at once. */
  dropGradient(): void {
    if (this.#gradient !== undefined) discard(this.#gradient.buffer)
    this.#gradient = undefined
  }
}

export interface ParameterShape {
  readonly name: string
  readonly shape: readonly number[]
  readonly decays: boolean
  /** Of its arrays. */
  readonly length: number
}

/** What is handed to another thread with parameters, so that it is moved and not copied. */
export function listBuffers(moved: readonly Moved[]): ArrayBuffer[] {
  return moved.flatMap(({ data, gradient }) =>
    gradient === undefined ? [data.buffer] : [data.buffer, gradient.buffer],
  )
}

/** A way out with nobody behind it. */
const nowhere: MessagePort = new MessageChannel().port1
nowhere.close()

/** Frees memory now that would else be freed when garbage is collected, after the next step has taken as much again. */
export function discard(buffer: ArrayBuffer): void {
  nowhere.postMessage(undefined, [buffer])
}
