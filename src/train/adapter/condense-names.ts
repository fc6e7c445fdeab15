/** From so many names on PEFT shortens the list that it saves. */
const CONDENSED_FROM = 20

/**
 * The shortest ends of names that tell the targets from all other modules, as PEFT writes them in adapter_config.json once there are twenty
 * targets (`_find_minimal_target_modules`): `model.layers.0.self_attn.q_proj` and its 29 like → `q_proj`.
 *
 * @param targets names or ends of names
 * @param names those of all modules
 */
export function condenseNames(targets: readonly string[], names: readonly string[]): readonly string[] {
  if (targets.length < CONDENSED_FROM) return targets
  const given = new Set(targets)
  const others = names.filter(
    name => !given.has(name) && !targets.some(target => name.endsWith(`.${target}`)),
  )
  const taken = new Set(others.flatMap(listEnds))
  const found = new Set<string>()
  // By their ends, shortest first, as Python sorts lists: it decides which of two possible ends is found.
  const rows = targets
    .map(name => ({ name, ends: listEnds(name) }))
    .sort((a, b) => compareLists(a.ends, b.ends))
  for (const { name, ends } of rows) {
    for (const end of ends) {
      if (found.has(end) || taken.has(end)) continue
      if ([...found].some(shorter => name.endsWith(`.${shorter}`))) continue
      found.add(end)
      break
    }
  }
  return found.size > 0 && found.size < targets.length ? [...found] : targets
}

/** `a.b.c` → `c`, `b.c`, `a.b.c`. */
function listEnds(name: string): string[] {
  const parts = name.split('.')
  return parts.map((_, i) => parts.slice(parts.length - 1 - i).join('.'))
}

function compareLists(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    if (a[i]! !== b[i]!) return a[i]! < b[i]! ? -1 : 1
  }
  return a.length - b.length
}
