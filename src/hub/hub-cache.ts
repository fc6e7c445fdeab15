import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import type { Environment } from './cache.ts'

/** A model of the Hub, as people write it: `org/name`, `name`, either with `@revision`. */
export interface HubModel {
  readonly id: string
  /** A branch, a tag or a commit. */
  readonly revision: string
}

const COMMIT = /^[0-9a-f]{40}$/

/** A name that may be a model of the Hub; undefined for what can only be a path. */
export function parseHubName(name: string): HubModel | undefined {
  const match = /^([\w][\w.-]*(?:\/[\w][\w.-]*)?)(?:@([\w][\w./-]*))?$/.exec(name)
  if (match === null || name.includes('..') || name.includes('--')) return undefined
  return { id: match[1]!, revision: match[2] ?? 'main' }
}

/** The folder in which huggingface_hub keeps what it downloads: HF_HUB_CACHE, else `hub` in HF_HOME. */
export function findHubCache(env: Environment): string {
  const explicit = env['HF_HUB_CACHE'] || env['HUGGINGFACE_HUB_CACHE']
  if (explicit) return expandHome(explicit)
  const home = env['HF_HOME'] || join(env['XDG_CACHE_HOME'] || '~/.cache', 'huggingface')
  return join(expandHome(home), 'hub')
}

function expandHome(path: string): string {
  return path === '~' || /^~[/\\]/.test(path) ? join(homedir(), path.slice(1)) : path
}

/** One model's folder in the cache: `blobs/` by content, `snapshots/COMMIT/` with links to them, `refs/main` with a commit. */
export class CachedModel {
  readonly model: HubModel
  readonly folder: string

  constructor(model: HubModel, hubCache: string) {
    this.model = model
    this.folder = join(hubCache, `models--${model.id.replaceAll('/', '--')}`)
  }

  /** The folder of the snapshot that the revision is known to be, whether it is whole or not. */
  findSnapshot(): string | undefined {
    const commit = COMMIT.test(this.model.revision) ? this.model.revision : this.#readRef()
    if (commit === undefined) return undefined
    const folder = this.snapshotFolder(commit)
    return statSync(folder, { throwIfNoEntry: false }) === undefined ? undefined : folder
  }

  snapshotFolder(commit: string): string {
    return join(this.folder, 'snapshots', commit)
  }

  writeRef(commit: string): void {
    if (this.model.revision === commit) return
    writeWhole(join(this.folder, 'refs', this.model.revision), Buffer.from(commit))
  }

  /** @param etag the Hub's name for the content; without a usable one the file itself lies in the snapshot */
  writeFile(commit: string, file: string, bytes: Uint8Array, etag: string | undefined): void {
    const path = join(this.snapshotFolder(commit), file)
    if (etag === undefined || !isNameOf(etag, bytes)) {
      writeWhole(path, bytes)
      return
    }
    const blob = join(this.folder, 'blobs', etag)
    writeWhole(blob, bytes)
    mkdirSync(dirname(path), { recursive: true })
    const aside = toAside(path)
    try {
      symlinkSync(relative(dirname(path), blob), aside)
      renameSync(aside, path)
    } catch {
      // A system without links: huggingface_hub then puts the file itself there, too.
      writeWhole(path, bytes)
    }
  }

  #readRef(): string | undefined {
    try {
      const commit = readFileSync(join(this.folder, 'refs', this.model.revision), 'utf8').trim()
      return COMMIT.test(commit) ? commit : undefined
    } catch {
      return undefined
    }
  }
}

/** The Hub names contents by git's SHA-1 of the blob, large ones by SHA-256. Another server's name is no name of a blob. */
function isNameOf(etag: string, bytes: Uint8Array): boolean {
  if (/^[0-9a-f]{64}$/.test(etag)) return createHash('sha256').update(bytes).digest('hex') === etag
  if (!/^[0-9a-f]{40}$/.test(etag)) return false
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex') === etag
}

/** Written aside and renamed: who reads meanwhile sees the old file or the new one. */
function writeWhole(path: string, bytes: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true })
  const aside = toAside(path)
  writeFileSync(aside, bytes)
  renameSync(aside, path)
}

function toAside(path: string): string {
  return `${path}.${randomBytes(6).toString('hex')}.tmp`
}
