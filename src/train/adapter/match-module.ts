import type { LoraConfig } from './lora-config.ts'
import { toRegExp } from './python-pattern.ts'

/** Tells of each module name whether it is adapted: PEFT's `check_target_module_exists`. */
export function compileMatcher(
  targets: string | readonly string[],
  { excludeModules, modulesToSave, layersToTransform, layersPattern }: LoraConfig,
): (name: string) => boolean {
  const isExcluded = excludeModules === undefined ? () => false : compileNames(excludeModules)
  const saved = modulesToSave.map(module => toRegExp(`(^|.*\\.)${module}($|\\..*)`, 'start'))
  const isTarget = typeof targets === 'string' ? compileNames(targets) : compileListed(targets)
  return name => !isExcluded(name) && !saved.some(pattern => pattern.test(name)) && isTarget(name)

  function compileListed(names: readonly string[]): (name: string) => boolean {
    const exact = new Set(names)
    const isListed = compileNames(names)
    const isInLayers = compileLayers(layersToTransform, layersPattern)
    // A name that is given whole is adapted in whatever layer it is.
    return name => exact.has(name) || (isListed(name) && isInLayers(name))
  }
}

/** A text is a pattern over whole names; of a list each is a name or the end of one, from a dot on. */
export function compileNames(names: string | readonly string[]): (name: string) => boolean {
  if (typeof names === 'string') {
    const pattern = toRegExp(names, 'full')
    return name => pattern.test(name)
  }
  return name => names.some(end => name === end || name.endsWith(`.${end}`))
}

function compileLayers(
  layers: LoraConfig['layersToTransform'],
  layersPattern: LoraConfig['layersPattern'],
): (name: string) => boolean {
  const wanted = new Set(typeof layers === 'number' ? [layers] : layers)
  if (layers === undefined || wanted.size === 0) return () => true
  const lists = typeof layersPattern === 'string' ? [layersPattern] : layersPattern
  const patterns =
    lists.length === 0
      ? [toRegExp('.*?\\.[^.]*\\.(?P<layer>\\d+)\\.', 'start')]
      : lists.map(list => toRegExp(`(?:^|.*?\\.)${list}\\.(?P<layer>\\d+)\\.`, 'start'))
  return name => {
    const layer = patterns
      .map(pattern => pattern.exec(name)?.groups?.['layer'])
      .find(found => found !== undefined)
    return layer !== undefined && wanted.has(Number(layer))
  }
}

/** The value of the first key that fits the end of a name: PEFT's `get_pattern_key`. */
export function compilePatterns(
  patterns: Readonly<Record<string, number>>,
): (name: string) => number | undefined {
  const rows = Object.entries(patterns).map(
    ([key, value]) => [toRegExp(`(.*\\.)?(${key})$`, 'start'), value] as const,
  )
  return name => rows.find(([pattern]) => pattern.test(name))?.[1] ?? patterns[name]
}
