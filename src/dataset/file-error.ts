import { LosslineError, systemCodeOf } from '../error.ts'

/** What the system says about a file that can't be read, in words. */
export function toFileError(cause: unknown, file: string): LosslineError {
  const code = systemCodeOf(cause)
  const at = { where: file, cause }
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new LosslineError('dataset/not-found', 'does not exist', { ...at, fix: 'Check the path.' })
  }
  if (code === 'EISDIR') {
    const fix = 'Name one of the files in it.'
    return new LosslineError('dataset/is-folder', 'is a folder; expected a file', { ...at, fix })
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new LosslineError('dataset/no-access', "can't be read: no permission", {
      ...at,
      fix: 'Check its permissions.',
    })
  }
  // zlib: a stream that ends early, or whose checksum or blocks are wrong.
  if (code === 'Z_BUF_ERROR') {
    const fix = 'Copy or download it again.'
    return new LosslineError('dataset/gzip-cut', 'ends in the middle of its gzip data', {
      ...at,
      fix,
    })
  }
  if (code.startsWith('Z_')) {
    const fix = 'Copy or download it again.'
    return new LosslineError('dataset/gzip-damaged', `is damaged gzip (${messageOf(cause)})`, {
      ...at,
      fix,
    })
  }
  return new LosslineError('dataset/unreadable', `can't be read (${messageOf(cause)})`, {
    ...at,
    fix: 'Check the file.',
  })
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
