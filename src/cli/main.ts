#!/usr/bin/env node
import { makeIo } from './io.ts'
import { runCommandLine } from './program.ts'

// Who reads only the head of the output closes the pipe: that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})
process.stderr.on('error', () => {})
process.once('SIGINT', () => process.exit(130))

process.exitCode = await runCommandLine(
  process.argv.slice(2),
  makeIo(process.stdout, process.stderr, process.env),
)
