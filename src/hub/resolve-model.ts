import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { LosslineError } from '../error.ts'
import type { Environment } from './cache.ts'
import { CachedModel, findHubCache, type HubModel, parseHubName } from './hub-cache.ts'
import { HubClient } from './hub-client.ts'
import { notFound } from './read-model-folder.ts'

/** The few small files that say how a model chats; tokenizer.json comes last, so that where it is all are. */
const FILES = [
  'config.json',
  'generation_config.json',
  'special_tokens_map.json',
  'tokenizer_config.json',
  'chat_template.json',
  'chat_template.jinja',
]
const TOKENIZER = 'tokenizer.json'
const ADDITIONAL = /^additional_chat_templates\/[\w][\w.-]*\.jinja$/

export interface ResolveOptions {
  /** HF_HOME, HF_HUB_CACHE, HF_ENDPOINT, HF_TOKEN, HF_HUB_OFFLINE as huggingface_hub reads them. */
  readonly env?: Environment
  /** Told when something is downloaded. */
  readonly notice?: (text: string) => void
}

/**
 * A path that {@link readModelFolder} takes: what is on this machine under the name as it is; else, for a model of the Hub (`org/name`,
 * `org/name@revision`), its snapshot in the Hub's cache, downloaded when it isn't there.
 *
 * @throws LosslineError `hub/not-found`, `hub/offline`, `hub/no-access`, `hub/unreachable`, `hub/no-tokenizer`
 */
export async function resolveModel(name: string, options: ResolveOptions = {}): Promise<string> {
  if (existsSync(name)) return name
  const model = isMistypedPath(name) ? undefined : parseHubName(name)
  if (model === undefined) throw notFound(name)
  const env = options.env ?? process.env
  const cached = new CachedModel(model, findHubCache(env))
  const snapshot = cached.findSnapshot()
  if (snapshot !== undefined && existsSync(join(snapshot, TOKENIZER))) return snapshot
  // Old models have no organisation, but a bare word is more often a folder that was mistyped: nothing is asked of the network for it.
  if (!model.id.includes('/')) throw notFound(name)
  if (isTrue(env['HF_HUB_OFFLINE']) || isTrue(env['TRANSFORMERS_OFFLINE'])) throw offline(name, cached)
  return downloadModel(cached, new HubClient(env), options.notice)
}

/** `models/qwen4` beside a folder `models`, or the name of a file: never meant for the Hub. */
function isMistypedPath(name: string): boolean {
  return /\.(json|gz|jinja|model)$/.test(name) || (name.includes('/') && existsSync(dirname(name)))
}

async function downloadModel(
  cached: CachedModel,
  client: HubClient,
  notice: ((text: string) => void) | undefined,
): Promise<string> {
  const { model } = cached
  const { commit, files } = await client.readRevision(model)
  if (!files.includes(TOKENIZER)) throw noTokenizer(model, files)
  const wanted = [...files.filter(file => FILES.includes(file) || ADDITIONAL.test(file)), TOKENIZER]
  notice?.(`Downloading ${wanted.length} files of ${model.id} from the Hub.`)
  const folder = cached.snapshotFolder(commit)
  for (const file of wanted) {
    if (existsSync(join(folder, file))) continue
    const { bytes, etag } = await client.readFile(model, commit, file)
    cached.writeFile(commit, file, bytes, etag)
  }
  cached.writeRef(commit)
  return folder
}

function isTrue(value: string | undefined): boolean {
  return ['1', 'ON', 'YES', 'TRUE'].includes((value ?? '').toUpperCase())
}

function offline(name: string, cached: CachedModel): LosslineError {
  const what = `is no folder here, and not in the Hub's cache (${cached.folder})`
  const fix = 'Unset HF_HUB_OFFLINE to download it.'
  return new LosslineError('hub/offline', what, { where: name, fix })
}

function noTokenizer(model: HubModel, files: readonly string[]): LosslineError {
  const slow = files.some(file => file === 'tokenizer.model' || file === 'vocab.json')
  const what = `has no ${TOKENIZER}${slow ? ', only the files of a slow tokenizer' : ''}`
  const fix = 'Write one with AutoTokenizer.from_pretrained(NAME).save_pretrained(FOLDER) in Python.'
  return new LosslineError('hub/no-tokenizer', what, { where: model.id, fix })
}
