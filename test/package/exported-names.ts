import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ENTRY_POINTS, ROOT } from './package-root.ts'

export interface ExportedNames {
  readonly values: readonly string[]
  readonly types: readonly string[]
}

/** The names of each entry point as a text: a heading, its values, its types. */
export function listExportedNames(): string {
  const sections = ENTRY_POINTS.map(({ name, types: declarations }) => {
    const { values, types } = readExportedNames(join(ROOT, declarations))
    const lines = [name, ...values.map(value => `  ${value}`), ...types.map(type => `  type ${type}`)]
    return `${lines.join('\n')}\n`
  })
  return sections.join('\n')
}

/**
 * What a door exports, read from its declarations: types leave no trace in the module itself.
 *
 * @throws Error for a line that is no re-export: a door has no others
 */
export function readExportedNames(file: string): ExportedNames {
  const values = new Set<string>()
  const types = new Set<string>()
  for (const statement of readStatements(file)) {
    const [, all, namespace, from] = /^export \*( as (\w+))? from '(.+)'$/.exec(statement) ?? []
    if (namespace !== undefined) values.add(namespace)
    else if (from !== undefined && all === undefined) {
      const inner = readExportedNames(join(dirname(file), from.replace(/\.[jt]s$/, '.d.ts')))
      for (const name of inner.values) values.add(name)
      for (const name of inner.types) types.add(name)
    } else addNamed(statement, values, types)
  }
  return { values: [...values].sort(), types: [...types].sort() }
}

function addNamed(statement: string, values: Set<string>, types: Set<string>): void {
  const [, onlyTypes, list] = /^export (type )?\{(.+)\} from '.+'$/.exec(statement) ?? []
  if (list === undefined) throw new Error(`is no re-export: ${statement}`)
  for (const item of list.split(',').map(part => part.trim())) {
    const [, isType, name] = /^(type )?(?:\w+ as )?(\w+)$/.exec(item) ?? []
    if (name === undefined) continue // behind the last comma
    if (onlyTypes !== undefined || isType !== undefined) types.add(name)
    else values.add(name)
  }
}

function readStatements(file: string): string[] {
  return readFileSync(file, 'utf8')
    .replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
    .split(';')
    .map(statement => statement.replace(/\s+/g, ' ').trim())
    .filter(statement => statement !== '')
}
