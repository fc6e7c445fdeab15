import type { ConfigReader } from '../config-reader.ts'
import type { ModelDescription } from '../description.ts'

/** How the config.json of one architecture is read. */
export interface Architecture {
  /** `model_type` of config.json. */
  readonly modelType: string
  /** The class of transformers that has a language-modelling head, as `architectures` names it. */
  readonly className: string
  /** @throws LosslineError `model/config`, `model/not-covered` */
  readonly describe: (config: ConfigReader) => ModelDescription
}
