// Makes or finds the Python environment of requirements/<name>.txt and prints the path of its Python.
//
//   node scripts/python-env.mjs interop          makes it where it isn't there yet
//   node scripts/python-env.mjs --find interop   prints nothing where it isn't there
//
// Environments lie in the user's cache folder, named by the hash of their requirements: a change of the file makes another one. A first line
// `# over: NAME` lays an environment over another, whose packages it sees behind its own.
// LOSSLINE_BASE_PYTHON names the Python that they are made from (default python3; 3.11 or later).
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'lossline')
const basePython = process.env.LOSSLINE_BASE_PYTHON || 'python3'

const args = process.argv.slice(2)
const onlyFind = args[0] === '--find'
const name = args.at(onlyFind ? 1 : 0)
if (name === undefined || !existsSync(requirementsOf(name))) {
  fail(`usage: python-env.mjs [--find] NAME, where requirements/NAME.txt exists; got ${name ?? 'no name'}`, 2)
}
const environment = describe(name)
if (!existsSync(environment.folder) && !onlyFind) make(environment)
if (existsSync(environment.folder)) console.log(pythonOf(environment.folder))

/** Where an environment lies or is to lie, and the one that it is laid over. */
function describe(name) {
  const requirements = requirementsOf(name)
  const text = readFileSync(requirements, 'utf8')
  const over = /^# over: (\S+)\n/.exec(text)?.[1]
  const under = over === undefined ? undefined : describe(over)
  const hash = createHash('sha256')
    .update(`${under?.folder ?? ''}${text}`)
    .digest('hex')
    .slice(0, 16)
  return { name, requirements, under, folder: join(cache, `python-${hash}`) }
}

/** Made aside and renamed when whole, so that a folder of the right name is never half an environment. */
function make({ name, requirements, under, folder }) {
  if (under !== undefined && !existsSync(under.folder)) make(under)
  mkdirSync(cache, { recursive: true })
  const aside = mkdtempSync(join(cache, `making-${name}-`))
  process.once('exit', () => rmSync(aside, { recursive: true, force: true }))
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))
  console.error(`making the Python environment ${name} in ${folder}`)
  run(
    basePython,
    ['-c', 'import sys; sys.exit(sys.version_info < (3, 11))'],
    `${basePython} has to be Python 3.11 or later.`,
  )
  run(
    basePython,
    ['-m', 'venv', aside],
    `${basePython} can't make environments; on Debian: apt-get install python3-venv.`,
  )
  // Scripts in bin/ name the folder that they were installed in, which is about to be another: call `python -m pip`, not pip.
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps']
  run(pythonOf(aside), [...install, '-r', requirements], 'pip could not install it; see above.')
  if (under !== undefined)
    writeFileSync(join(packagesOf(aside), 'under.pth'), `${packagesOf(under.folder)}\n`)
  try {
    renameSync(aside, folder)
  } catch (error) {
    // Another process made the same one meanwhile.
    if (!existsSync(folder)) throw error
  }
}

function requirementsOf(name) {
  return fileURLToPath(new URL(`../requirements/${name}.txt`, import.meta.url))
}

function pythonOf(folder) {
  const windows = process.platform === 'win32'
  return windows ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python')
}

function packagesOf(folder) {
  const ask = 'import sysconfig; print(sysconfig.get_path("purelib"))'
  return spawnSync(pythonOf(folder), ['-c', ask], { encoding: 'utf8' }).stdout.trim()
}

function run(command, commandArgs, failure) {
  // What pip says goes to stderr: stdout is the path alone.
  const { status, error } = spawnSync(command, commandArgs, {
    stdio: ['ignore', process.stderr, process.stderr],
  })
  if (status !== 0) fail(`python-env: ${error?.message ?? `${command} ended with ${status}`}. ${failure}`, 1)
}

function fail(message, status) {
  console.error(message)
  process.exit(status)
}
