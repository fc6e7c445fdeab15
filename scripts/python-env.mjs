// Makes or finds the Python environment of requirements/<name>.txt and prints the path of its Python.
//
//   node scripts/python-env.mjs interop          makes it where it isn't there yet
//   node scripts/python-env.mjs --find interop   prints nothing where it isn't there
//
// Environments lie in the user's cache folder, named by the hash of their requirements: a change of the file makes another one.
// LOSSLINE_BASE_PYTHON names the Python that they are made from (default python3; 3.11 or later).
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const args = process.argv.slice(2)
const onlyFind = args[0] === '--find'
const name = args.at(onlyFind ? 1 : 0)
const requirements = fileURLToPath(new URL(`../requirements/${name}.txt`, import.meta.url))
if (name === undefined || !existsSync(requirements)) {
  console.error(
    `usage: node scripts/python-env.mjs [--find] NAME, where requirements/NAME.txt exists; got ${name ?? 'no name'}`,
  )
  process.exit(2)
}

const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'lossline')
const hash = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 16)
const folder = join(cache, `python-${hash}`)
if (!existsSync(folder) && !onlyFind) make()
if (existsSync(folder)) console.log(pythonOf(folder))

/** Made aside and renamed when whole, so that a folder of the right name is never half an environment. */
function make() {
  const base = process.env.LOSSLINE_BASE_PYTHON || 'python3'
  mkdirSync(cache, { recursive: true })
  const aside = mkdtempSync(join(cache, `making-${name}-`))
  process.once('exit', () => rmSync(aside, { recursive: true, force: true }))
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))
  console.error(`making the Python environment ${name} in ${folder}`)
  run(
    base,
    ['-c', 'import sys; sys.exit(sys.version_info < (3, 11))'],
    `${base} has to be Python 3.11 or later.`,
  )
  run(
    base,
    ['-m', 'venv', aside],
    `${base} can't make environments; on Debian: apt-get install python3-venv.`,
  )
  // Scripts in bin/ name the folder that they were installed in, which is about to be another: call `python -m pip`, not pip.
  const install = [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--no-deps',
    '-r',
    requirements,
  ]
  run(pythonOf(aside), install, 'pip could not install it; see above.')
  try {
    renameSync(aside, folder)
  } catch (error) {
    // Another process made the same one meanwhile.
    if (!existsSync(folder)) throw error
  }
}

function pythonOf(environment) {
  return process.platform === 'win32'
    ? join(environment, 'Scripts', 'python.exe')
    : join(environment, 'bin', 'python')
}

function run(command, commandArgs, failure) {
  // What pip says goes to stderr: stdout is the path alone.
  const { status, error } = spawnSync(command, commandArgs, {
    stdio: ['ignore', process.stderr, process.stderr],
  })
  if (status === 0) return
  console.error(`python-env: ${error?.message ?? `${command} ended with ${status}`}. ${failure}`)
  process.exit(1)
}
