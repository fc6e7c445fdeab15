import { LosslineError, quote } from '../../error.ts'
import type { Json, JsonObject } from '../../json/index.ts'

/**
 * Keys of a config.json, each read with its type. An absent key has transformers' default, which the caller gives; a key that is
 * there but null is `undefined` (the optional kinds) or an error.
 */
export class ConfigReader {
  /** `config.json`, or `config.json rope_scaling` for an object in it. */
  readonly where: string
  readonly #config: JsonObject

  constructor(config: JsonObject, where: string) {
    this.#config = config
    this.where = where
  }

  has(key: string): boolean {
    return this.#config[key] !== undefined && this.#config[key] !== null
  }

  /** A whole number above 0. */
  count(key: string, fallback?: number): number {
    return this.optionalCount(key, fallback) ?? this.#fail(key, 'a whole number above 0')
  }

  optionalCount(key: string, fallback?: number): number | undefined {
    const value = this.#read(key, fallback)
    if (value === undefined) return undefined
    if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value
    return this.#fail(key, 'a whole number above 0')
  }

  optionalInteger(key: string, fallback?: number): number | undefined {
    const value = this.#read(key, fallback)
    if (value === undefined) return undefined
    return typeof value === 'number' && Number.isSafeInteger(value)
      ? value
      : this.#fail(key, 'a whole number')
  }

  number(key: string, fallback?: number): number {
    return this.optionalNumber(key, fallback) ?? this.#fail(key, 'a number')
  }

  optionalNumber(key: string, fallback?: number): number | undefined {
    const value = this.#read(key, fallback)
    if (value === undefined) return undefined
    return typeof value === 'number' && Number.isFinite(value) ? value : this.#fail(key, 'a number')
  }

  flag(key: string, fallback: boolean): boolean {
    const value = this.#read(key, fallback)
    return typeof value === 'boolean' ? value : this.#fail(key, 'true or false')
  }

  text(key: string, fallback?: string): string {
    const value = this.#read(key, fallback)
    return typeof value === 'string' ? value : this.#fail(key, 'a string')
  }

  /** One of the names of a table, as what the table has for it. */
  choice<T>(key: string, table: Readonly<Record<string, T>>, fallback: string): T {
    const name = this.text(key, fallback)
    const value = Object.hasOwn(table, name) ? table[name] : undefined
    if (value !== undefined) return value
    throw this.notCovered(key, name, Object.keys(table))
  }

  optionalTexts(key: string): string[] | undefined {
    const value = this.#read(key)
    if (value === undefined) return undefined
    const isTexts = Array.isArray(value) && value.every(item => typeof item === 'string')
    return isTexts ? [...value] : this.#fail(key, 'a list of strings')
  }

  numbers(key: string): number[] {
    const value = this.#read(key)
    const isNumbers = Array.isArray(value) && value.every(item => typeof item === 'number')
    return isNumbers ? [...value] : this.#fail(key, 'a list of numbers')
  }

  optionalObject(key: string): ConfigReader | undefined {
    const value = this.#read(key)
    if (value === undefined) return undefined
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    // What JSON.parse gives holds no other kinds of objects.
    return isObject
      ? new ConfigReader(value as JsonObject, `${this.where} ${key}`)
      : this.#fail(key, 'an object')
  }

  /** Refuses a key that would change the numbers unless it has the value, or the default, under which it changes nothing. */
  mustBe(key: string, neutral: boolean | number | null): void {
    const value = this.#config[key]
    if (value === undefined || value === neutral) return
    throw this.notCovered(key, value, [String(neutral)])
  }

  notCovered(key: string, value: Json, covered: readonly string[]): LosslineError {
    const what = `is ${quote(value)}, which is not covered; covered: ${covered.join(', ')}`
    const fix = 'Train this model with TRL, or choose another.'
    return new LosslineError('model/not-covered', what, { where: `${this.where} ${key}`, fix })
  }

  contradiction(key: string, what: string): LosslineError {
    const fix = 'Copy or download config.json again.'
    return new LosslineError('model/config', what, { where: `${this.where} ${key}`, fix })
  }

  #read(key: string, fallback?: Json): Json | undefined {
    const value = this.#config[key]
    return (value === undefined ? fallback : value) ?? undefined
  }

  #fail(key: string, expected: string): never {
    const value = this.#config[key]
    const found = value === undefined ? 'is missing' : `is ${quote(value)}`
    throw this.contradiction(key, `${found}; expected ${expected}`)
  }
}
