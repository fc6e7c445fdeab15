import { LosslineError } from '../../error.ts'

/** What the system says about a file that can't be written, in words. What is no error of the system's stays as it is. */
export function toWriteError(cause: unknown, file: string): unknown {
  if (!(cause instanceof Error && 'syscall' in cause && 'code' in cause)) return cause
  const at = { where: file, cause }
  switch (cause.code) {
    case 'ENOSPC':
    case 'EDQUOT': {
      const fix = 'Free some space, then go on with {resume}.'
      return new LosslineError('dataset/disk-full', "can't be written: the disk is full", { ...at, fix })
    }
    case 'EFBIG': {
      const fix = 'Ask for smaller ones with {shard_size}.'
      return new LosslineError('dataset/too-large', 'is larger than the system allows a file to be', {
        ...at,
        fix,
      })
    }
    case 'EACCES':
    case 'EPERM':
    case 'EROFS': {
      const fix = 'Check the permissions of its folder, or name another.'
      return new LosslineError('dataset/not-writable', "can't be written: no permission", { ...at, fix })
    }
    case 'ENOENT':
    case 'ENOTDIR': {
      const fix = 'Make it first.'
      return new LosslineError('dataset/no-folder', "can't be written: its folder does not exist", {
        ...at,
        fix,
      })
    }
    default: {
      const fix = 'Check the disk, then go on with {resume}.'
      return new LosslineError('dataset/write-failed', `can't be written (${cause.message})`, { ...at, fix })
    }
  }
}
