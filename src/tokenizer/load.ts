import { LosslineError } from '../error.ts'
import { type EngineInstance, instantiateEngineAsync } from './bpe/index.ts'
import { createBpeTokenizer } from './bpe-tokenizer.ts'
import { openNativeTokenizer } from './native/index.ts'
import { nodeModule } from './node-module.ts'
import { Untranslatable } from './regex/index.ts'
import type { Tokenizer as TokenizerType } from './tokenizer.ts'
import { parseTokenizerJson, readJson } from './tokenizer-json/index.ts'
import { applyConfig } from './transformers-config.ts'

export type Tokenizer = TokenizerType

/** @see Tokenizer.fromJSON */
export interface LoadOptions {
  /** The model's tokenizer_config.json: transformers adds tokens, BOS and EOS by it. */
  readonly config?: object
}

interface Loaders {
  /**
   * A tokenizer from a tokenizer.json, as text or parsed: in TypeScript for BPE models, by the native `tokenizers` package (Node
   * only) for others and for what can't be done here. The file's `truncation` and `padding` don't count.
   *
   * @throws LosslineError `tokenizer/json` with the path of what is wrong, `tokenizer/needs-native`, `tokenizer/needs-node`
   */
  fromJSON(json: string | object, options?: LoadOptions): Promise<Tokenizer>
  /**
   * A tokenizer from a model folder: its tokenizer.json (or tokenizer.json.gz) and tokenizer_config.json. Node only.
   *
   * @throws LosslineError as `fromJSON`, and `tokenizer/no-file`
   */
  fromFolder(folder: string): Promise<Tokenizer>
}

export const Tokenizer: Loaders = { fromJSON, fromFolder }

async function fromJSON(json: string | object, options: LoadOptions = {}): Promise<Tokenizer> {
  const original = readJson(json, 'tokenizer.json')
  const parsed = options.config === undefined ? original : applyConfig(original, options.config)
  // The steps are kept, the model's half a million merges aren't.
  const { model, ...steps } = parseTokenizerJson(parsed)
  const openNative = (reason: string) => {
    const text = parsed === original && typeof json === 'string' ? json : JSON.stringify(parsed)
    return openNativeTokenizer(text, steps.addedTokens, reason)
  }
  if (model.kind !== 'BPE') return openNative(`the model type ${model.kind}`)
  const engine = await openEngine()
  try {
    return createBpeTokenizer(steps, model, engine)
  } catch (error) {
    if (error instanceof Untranslatable) return openNative(error.message)
    throw error instanceof LosslineError ? error.at('tokenizer.json') : error
  }
}

/** Undefined where a page's policy forbids WebAssembly. */
async function openEngine(): Promise<EngineInstance | undefined> {
  try {
    return await instantiateEngineAsync()
  } catch {
    return undefined
  }
}

async function fromFolder(folder: string): Promise<Tokenizer> {
  const json = await readText(folder, 'tokenizer.json')
  if (json === undefined)
    throw new LosslineError('tokenizer/no-file', 'has no tokenizer.json and no tokenizer.json.gz', {
      where: folder,
      fix: 'Name a folder with a tokenizer.json in it',
    })
  const config = await readText(folder, 'tokenizer_config.json')
  try {
    return await fromJSON(
      json,
      config === undefined ? {} : { config: readJson(config, 'tokenizer_config.json') },
    )
  } catch (error) {
    throw error instanceof LosslineError ? error.at(folder) : error
  }
}

/** The text of a file of a folder, or of its gzip; undefined when there is neither. */
async function readText(folder: string, name: string): Promise<string | undefined> {
  const { readFile } = await nodeModule('node:fs/promises', 'reading a model folder')
  const { gunzipSync } = await nodeModule('node:zlib', 'reading a model folder')
  for (const file of [name, `${name}.gz`]) {
    try {
      const bytes = await readFile(`${folder}/${file}`)
      return (file === name ? bytes : gunzipSync(bytes)).toString('utf8')
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'ENOENT') throw error
    }
  }
  return undefined
}
