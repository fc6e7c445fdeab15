// The Python environments of requirements/, for tests that ask the real thing.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A file of requirements/: `interop` has Jinja2, transformers and tokenizers, `trl-0.19` TRL and PyTorch, `trl-1.16` today's TRL and Unsloth, `axolotl` Axolotl, `cluster` Ray and Spark, `wandb` W&B’s messages. */
export type PythonEnvironment = 'interop' | 'trl-0.19' | 'trl-1.16' | 'axolotl' | 'cluster' | 'wandb'

/** The checkout; tests run in dist/test/interop. */
const ROOT: string = fileURLToPath(new URL('../../../', import.meta.url))

const VARIABLES: Readonly<Record<PythonEnvironment, string>> = {
  interop: 'LOSSLINE_PYTHON',
  'trl-0.19': 'LOSSLINE_PYTHON_TRL',
  'trl-1.16': 'LOSSLINE_PYTHON_TRL_TODAY',
  axolotl: 'LOSSLINE_PYTHON_AXOLOTL',
  cluster: 'LOSSLINE_PYTHON_CLUSTER',
  wandb: 'LOSSLINE_PYTHON_WANDB',
}

const found = new Map<PythonEnvironment, string | undefined>()

/** The Python of an environment: the one that LOSSLINE_PYTHON (_TRL, _TRL_TODAY, _AXOLOTL, _CLUSTER, _WANDB) names, else the one in the cache folder. Installs nothing. */
export function findPython(environment: PythonEnvironment): string | undefined {
  if (!found.has(environment)) {
    found.set(environment, process.env[VARIABLES[environment]] || findInCache(environment))
  }
  return found.get(environment)
}

function findInCache(environment: PythonEnvironment): string | undefined {
  const finder = join(ROOT, 'scripts/python-env.mjs')
  const { stdout } = spawnSync(process.execPath, [finder, '--find', environment], { encoding: 'utf8' })
  return stdout.trim() === '' ? undefined : stdout.trim()
}

/** What a skipped test says. */
export function whyNoPython(environment: PythonEnvironment): string {
  return `the Python environment ${environment} is not here: npm run python-env -- ${environment}`
}

/** A file or folder of ../shared (from the checkout's root), or undefined where a clone has none beside it. */
export function findShared(path: string): string | undefined {
  const whole = join(ROOT, '../shared', path)
  return existsSync(whole) ? whole : undefined
}

/**
 * Asks one Python process about many cases.
 *
 * @param script from the checkout's root; it reads one JSON value a line from stdin and writes one a line to stdout for each
 * @returns one answer for each case
 * @throws Error with the end of what Python wrote to stderr when it fails
 */
export function runPython(python: string, script: string, cases: readonly unknown[]): unknown[] {
  const { stdout, stderr, status, error } = spawnSync(python, ['-X', 'utf8', join(ROOT, script)], {
    input: cases.map(item => `${JSON.stringify(item)}\n`).join(''),
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    // No warnings about a missing PyTorch, no look at the network.
    env: {
      ...process.env,
      HF_HUB_OFFLINE: '1',
      TRANSFORMERS_VERBOSITY: 'error',
      TOKENIZERS_PARALLELISM: 'false',
    },
  })
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`${script} ended with ${status}:\n${stderr.slice(-4000)}`)
  const lines = stdout.split('\n').filter(line => line !== '')
  if (lines.length !== cases.length) {
    throw new Error(`${script} answered ${lines.length} of ${cases.length} cases:\n${stderr.slice(-4000)}`)
  }
  return lines.map(line => JSON.parse(line) as unknown)
}
