import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The checkout; tests run in dist/test. */
export const ROOT: string = fileURLToPath(new URL('../../../', import.meta.url))

interface PackageJson {
  readonly version: string
  readonly bin: Readonly<Record<string, string>>
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>
  readonly scripts: Readonly<Record<string, string>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
  readonly peerDependencies: Readonly<Record<string, string>>
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional: boolean }>>
}

export const PACKAGE: PackageJson = JSON.parse(
  readFileSync(join(ROOT, 'package.json'), 'utf8'),
) as PackageJson

export interface EntryPoint {
  /** As it is imported: `lossline/mask`. */
  readonly name: string
  /** From the checkout: `./dist/src/mask/index.js`, and its declarations. */
  readonly module: string
  readonly types: string
}

/** What can be imported, in the order of package.json. */
export const ENTRY_POINTS: readonly EntryPoint[] = Object.entries(PACKAGE.exports).flatMap(
  ([path, target]) =>
    typeof target === 'string'
      ? []
      : [{ name: path.replace('.', 'lossline'), module: target.default, types: target.types }],
)
