import { LosslineError } from '../error.ts'
import type { Environment } from './cache.ts'
import type { HubModel } from './hub-cache.ts'

const MAX_REDIRECTS = 5
/** For an answer to begin; a large file may then take its time. */
const ANSWER_TIMEOUT_MS = 10_000

/** What the Hub says a revision is. */
export interface HubRevision {
  readonly commit: string
  readonly files: readonly string[]
}

export interface HubFile {
  readonly bytes: Uint8Array
  /** The Hub's name for the content, undefined when it gives none. */
  readonly etag: string | undefined
}

/** Asks the Hub at HF_ENDPOINT. HF_TOKEN goes to that server alone: not to one that it redirects to. */
export class HubClient {
  readonly #endpoint: URL
  readonly #token: string | undefined

  constructor(env: Environment) {
    const endpoint = env['HF_ENDPOINT'] || 'https://huggingface.co'
    if (!URL.canParse(endpoint)) {
      const fix = 'Write it as https://huggingface.co.'
      throw new LosslineError('hub/endpoint', `HF_ENDPOINT is no address`, { where: endpoint, fix })
    }
    this.#endpoint = new URL(`${endpoint.replace(/\/+$/, '')}/`)
    this.#token = env['HF_TOKEN']?.trim() || undefined
  }

  /** The commit of a revision and its files. */
  async readRevision(model: HubModel): Promise<HubRevision> {
    const address = `api/models/${model.id}/revision/${encodeURIComponent(model.revision)}`
    const { response } = await this.#get(address, model)
    const answer: unknown = await response.json().catch(() => undefined)
    const revision = toRevision(answer)
    if (revision !== undefined) return revision
    const fix = 'Check HF_ENDPOINT.'
    throw new LosslineError('hub/answer', 'is answered by the Hub with something else than a model', {
      where: model.id,
      fix,
    })
  }

  async readFile(model: HubModel, commit: string, file: string): Promise<HubFile> {
    const path = file.split('/').map(encodeURIComponent).join('/')
    const { response, etag } = await this.#get(`${model.id}/resolve/${commit}/${path}`, model)
    try {
      return { bytes: new Uint8Array(await response.arrayBuffer()), etag }
    } catch (cause) {
      throw unreachable(model, new URL(response.url), cause)
    }
  }

  async #get(address: string, model: HubModel): Promise<{ response: Response; etag: string | undefined }> {
    let url = new URL(address, this.#endpoint)
    let etag: string | undefined
    for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
      const response = await this.#fetch(url, model)
      // The first answer names the content; a server behind it may name its copy.
      etag ??= toEtag(response.headers)
      const location = response.headers.get('location')
      if (response.status < 300 || response.status >= 400 || location === null) {
        if (response.ok) return { response, etag }
        throw refused(response.status, model, this.#token !== undefined)
      }
      url = followRedirect(url, location)
    }
    const fix = 'Check HF_ENDPOINT.'
    throw new LosslineError('hub/redirects', 'is redirected by the Hub without end', { where: model.id, fix })
  }

  async #fetch(url: URL, model: HubModel): Promise<Response> {
    const own = url.origin === this.#endpoint.origin
    const headers: Record<string, string> = { 'user-agent': 'lossline' }
    if (own && this.#token !== undefined) headers['authorization'] = `Bearer ${this.#token}`
    const abort = new AbortController()
    const timer = setTimeout(() => abort.abort(new Error('no answer')), ANSWER_TIMEOUT_MS)
    try {
      return await fetch(url, { headers, redirect: 'manual', signal: abort.signal })
    } catch (cause) {
      throw unreachable(model, url, cause)
    } finally {
      clearTimeout(timer)
    }
  }
}

function toRevision(answer: unknown): HubRevision | undefined {
  if (typeof answer !== 'object' || answer === null || !('sha' in answer) || !('siblings' in answer))
    return undefined
  const { sha, siblings } = answer
  if (typeof sha !== 'string' || !/^[0-9a-f]{40}$/.test(sha) || !Array.isArray(siblings)) return undefined
  const names = siblings.map((file: unknown) =>
    typeof file === 'object' && file !== null && 'rfilename' in file ? file.rfilename : undefined,
  )
  return { commit: sha, files: names.filter(name => typeof name === 'string') }
}

function toEtag(headers: Headers): string | undefined {
  const etag = headers.get('x-linked-etag') ?? headers.get('etag')
  return etag?.replace(/^W\//, '').replaceAll('"', '') || undefined
}

function followRedirect(from: URL, location: string): URL {
  const to = new URL(location, from)
  if (to.protocol === 'https:' || to.protocol === from.protocol) return to
  const fix = 'Check HF_ENDPOINT.'
  throw new LosslineError('hub/redirects', `redirects to ${to.origin}, which is not encrypted`, {
    where: from.href,
    fix,
  })
}

function refused(status: number, model: HubModel, hasToken: boolean): LosslineError {
  const where = model.revision === 'main' ? model.id : `${model.id}@${model.revision}`
  if (status === 404) {
    const fix = 'Check the name.'
    return new LosslineError('hub/not-found', 'is no folder here and no model of the Hub', { where, fix })
  }
  if (status === 401 || status === 403) {
    // The Hub says the same of a model that isn't there and of one that is hidden.
    const fix = hasToken
      ? "Accept the model's terms on its page with the account of HF_TOKEN."
      : 'Check the name; for a gated or private model set HF_TOKEN.'
    return new LosslineError(
      'hub/no-access',
      'is no folder here, and no model that the Hub gives access to',
      { where, fix },
    )
  }
  return new LosslineError('hub/answer', `is answered by the Hub with status ${status}`, {
    where,
    fix: 'Try again later.',
  })
}

function unreachable(model: HubModel, url: URL, cause: unknown): LosslineError {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause
  const reason =
    inner instanceof Error ? ('code' in inner ? String(inner.code) : inner.message) : String(inner)
  const what = `is no folder here, and ${url.origin} can't be reached (${reason})`
  const fix = 'Check the name and the connection, set HF_ENDPOINT, or name a folder on this machine.'
  return new LosslineError('hub/unreachable', what, { where: model.id, fix, cause })
}
