import { copyFileSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { NamedTemplate } from '../../model-folder/index.ts'
import { formatPeftConfig, type LaidAdapter } from '../adapter/index.ts'
import { type ModelFiles, toModelFiles } from '../checkpoint/index.ts'
import type { Parameter } from '../trainable-model.ts'

export interface SaveOptions {
  /** The model's folder. */
  readonly model: string
  readonly parameters: readonly Parameter[]
  /** Undefined where the whole model is trained. */
  readonly adapter: LaidAdapter | undefined
  /** The template that was trained with, where it isn't the folder's own. */
  readonly chatTemplate: NamedTemplate | undefined
}

/** What of a model's folder says how texts become ids. */
const TOKENIZER_FILE =
  /^(tokenizer\.json(\.gz)?|tokenizer_config\.json|tokenizer\.model|special_tokens_map\.json|added_tokens\.json|vocab\.json|merges\.txt|chat_template\.(jinja|json))$/

/** How what is trained is saved, with all that it needs to be used: as TRL saves it, by PEFT's or transformers' file names. */
export function toSavedFiles({ model, parameters, adapter, chatTemplate }: SaveOptions): ModelFiles {
  const saveTokenizer = async (folder: string): Promise<void> => {
    for (const name of readdirSync(model)) if (TOKENIZER_FILE.test(name)) copy(model, folder, name)
    if (chatTemplate !== undefined) await writeFile(join(folder, 'chat_template.jinja'), chatTemplate.source)
  }
  if (adapter === undefined) {
    return toModelFiles(parameters, 'model.safetensors', async folder => {
      await writeFile(
        join(folder, 'config.json'),
        toFloat32(readFileSync(join(model, 'config.json'), 'utf8')),
      )
      if (existsSync(join(model, 'generation_config.json'))) copy(model, folder, 'generation_config.json')
      await saveTokenizer(folder)
    })
  }
  const { config, plan } = adapter
  return toModelFiles(parameters, 'adapter_model.safetensors', async folder => {
    await writeFile(join(folder, 'adapter_config.json'), formatPeftConfig(config, plan, model))
    await saveTokenizer(folder)
  })
}

function copy(from: string, to: string, name: string): void {
  copyFileSync(join(from, name), join(to, name))
}

/** config.json of weights that are float32 now; the rest keeps its form (`1.0`). */
function toFloat32(config: string): string {
  return config.replace(/("(?:torch_)?dtype"\s*:\s*)"[^"]*"/g, '$1"float32"')
}
