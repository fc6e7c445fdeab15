#!/usr/bin/env node
import * as nodeModule from 'node:module'

// Who reads only the head of the output closes the pipe: that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})
process.stderr.on('error', () => {})
process.once('SIGINT', () => process.exit(130))

// From Node 22.8 on, compiled modules can be kept: of what comes next there are two hundred.
if ('enableCompileCache' in nodeModule && typeof nodeModule.enableCompileCache === 'function') {
  nodeModule.enableCompileCache()
}

const [{ makeIo }, { runCommandLine }] = await Promise.all([import('./io.ts'), import('./program.ts')])
const io = makeIo(process.stdout, process.stderr, process.env)
process.exitCode = await runCommandLine(process.argv.slice(2), io)
