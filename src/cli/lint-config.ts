import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { LosslineError, quote } from '../error.ts'
import { type RuleLevels, toRuleLevels } from '../lint/index.ts'
import type { Values } from './options.ts'

/** The names that prettier, markdownlint and commitlint taught people to look for, in their order. */
const NAMES = ['.losslinerc', '.losslinerc.json', '.losslinerc.yaml', '.losslinerc.yml']

/** What a file says of how to lint. */
interface LintConfig {
  readonly levels: RuleLevels
  readonly maxFindings: number | undefined
}

/**
 * The levels of rules: those of --rule over those of the config file, which --lint-config names or which lies in the working folder or the
 * nearest folder above it.
 *
 * @throws LosslineError `lint/…` with the flag or the file
 */
export async function readLintConfig({ rule, lint_config }: Values): Promise<LintConfig> {
  const file = lint_config ?? findConfig(process.cwd())
  const config = file === undefined ? { levels: {}, maxFindings: undefined } : await readConfig(file)
  if (rule === undefined) return config
  return { ...config, levels: { ...config.levels, ...placing('--rule', () => toRuleLevels(rule)) } }
}

function findConfig(folder: string): string | undefined {
  const found = NAMES.map(name => join(folder, name)).find(path => existsSync(path))
  if (found !== undefined) return found
  const parent = dirname(resolve(folder))
  return parent === resolve(folder) ? undefined : findConfig(parent)
}

async function readConfig(file: string): Promise<LintConfig> {
  const { rules = {}, max_findings, ...others } = toObject(await parse(file), file)
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) {
    const what = `sets ${quote(unknown)}; expected rules or max_findings`
    throw new LosslineError('lint/config', what, { where: file, fix: 'Leave it out.' })
  }
  if (max_findings !== undefined && !(Number.isInteger(max_findings) && Number(max_findings) > 0)) {
    const what = `sets max_findings to ${quote(max_findings)}; expected a whole number, from 1`
    throw new LosslineError('lint/config', what, { where: file })
  }
  return {
    levels: placing(file, () => toRuleLevels(toObject(rules, `${file} rules`))),
    maxFindings: max_findings === undefined ? undefined : Number(max_findings),
  }
}

/** JSON is YAML. */
async function parse(file: string): Promise<unknown> {
  const { parse: parseYaml } = await import('yaml')
  try {
    // YAML 1.2 as it is, but for `off`, which stays the word that it is there.
    return parseYaml(readFileSync(file, 'utf8'))
  } catch (cause) {
    const what = `can't be read: ${(cause instanceof Error ? cause.message : String(cause)).split('\n')[0]}`
    throw new LosslineError('lint/config', what, {
      where: file,
      fix: 'Write {"rules": {"pad-is-stop": "off"}}.',
      cause,
    })
  }
}

function toObject(value: unknown, where: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>
  throw new LosslineError('lint/config', `is ${quote(value)}; expected an object`, { where })
}

function placing<Value>(where: string, read: () => Value): Value {
  try {
    return read()
  } catch (error) {
    throw error instanceof LosslineError ? error.at(where) : error
  }
}
