import { LosslineError, quote } from '../../error.ts'
import { type ModelFacts, readModelFacts } from '../../model-folder/index.ts'
import { fromBinary, Tokenizer } from '../../tokenizer/index.ts'
import { toModelFiles } from '../dropped-files.ts'
import type { DroppedModel } from './messages.ts'

export interface Model {
  readonly tokenizer: Tokenizer
  readonly facts: ModelFacts
}

/** The models that are at hand; each is read when it is first asked for. */
export class Models {
  readonly #openers = new Map<string, () => Promise<Model>>()
  readonly #opened = new Map<string, Promise<Model>>()

  get names(): readonly string[] {
    return [...this.#openers.keys()]
  }

  /** @returns the name that it has here: no two have the same */
  add(name: string, open: () => Promise<Model>): string {
    let own = name
    for (let n = 2; this.#openers.has(own); n++) own = `${name} (${n})`
    this.#openers.set(own, open)
    return own
  }

  remove(name: string): void {
    this.#openers.delete(name)
    this.#opened.delete(name)
  }

  /**
   * @param name undefined: the first
   * @throws LosslineError where there is none of that name, or it can't be read
   */
  async open(name: string | undefined): Promise<Model> {
    const own = name ?? this.names[0] ?? ''
    const open = this.#openers.get(own)
    if (open === undefined) {
      const what = `is ${quote(own)}; expected ${this.names.join(', ')}`
      const fix = 'Choose one of the list, or drop its folder on the page.'
      throw new LosslineError('page/tokenizer', what, { where: 'tokenizer', fix })
    }
    let model = this.#opened.get(own)
    if (model === undefined) {
      model = open()
      this.#opened.set(own, model)
      // What failed is tried again the next time.
      model.catch(() => this.#opened.delete(own))
    }
    return model
  }
}

/** @param address where its files are served. Its tables come as they are, where there are any: these are read in a tenth of the time */
export async function openServedModel(address: URL): Promise<Model> {
  const [facts, tables] = await Promise.all([
    fetch(new URL('facts', address)).then(response => response.json() as Promise<ModelFacts>),
    fetch(new URL('tokenizer.bin', address)),
  ])
  const known = tables.ok ? await fromBinary(new Uint8Array(await tables.arrayBuffer())) : undefined
  if (known !== undefined) return { tokenizer: known, facts }
  const json = await fetch(new URL('tokenizer.json', address)).then(response => response.text())
  return { tokenizer: await openTokenizer(json, facts), facts }
}

/** @throws LosslineError where no tokenizer.json is among the files */
export async function openDroppedModel(model: DroppedModel): Promise<Model> {
  const { files } = model
  const folder = toModelFiles(files)
  const json = folder.readText('tokenizer.json')
  if (json === undefined) {
    const names = Object.keys(files).sort().slice(0, 8).join(', ')
    throw new LosslineError('page/missing-file', `is not among what was dropped (${names})`, {
      where: 'tokenizer.json',
      fix: 'Drop the whole model folder: tokenizer.json, tokenizer_config.json and what lies beside them.',
    })
  }
  const facts = readModelFacts(folder)
  return { tokenizer: await openTokenizer(json, facts), facts }
}

/** @throws LosslineError, for a tokenizer that takes Node with what to do about it here */
async function openTokenizer(json: string, { tokenizerConfig }: ModelFacts): Promise<Tokenizer> {
  try {
    return await Tokenizer.fromJSON(json, { config: tokenizerConfig })
  } catch (cause) {
    if (!(cause instanceof LosslineError) || cause.code !== 'tokenizer/needs-node') throw cause
    const what = 'is no BPE, and a page can compute no other'
    const fix = 'Look at its masks with: lossline show FILE.'
    throw new LosslineError('page/tokenizer-kind', what, { where: 'tokenizer.json', fix, cause })
  }
}
