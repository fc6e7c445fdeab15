import { EXTRA_DIGITS, forEachCategoryRun, WHITE_SPACE } from '../../unicode/index.ts'

// The flags of assembly/classes.ts.
const L = 1
const N = 2
const M = 4
const PS = 8
const W = 16
const NL = 32
const UP = 64
const LO = 128

/** Flags of every code point, Uint8Array[0x110000], in 1.1 MB: cheaper to make than to read from a file. */
export function makeClasses(withExtraDigits: boolean): Uint8Array {
  const classes = new Uint8Array(0x110000)
  forEachCategoryRun((category, first, last) => {
    const flags = flagsOf(category)
    if (flags !== 0) classes.fill(flags, first, last + 1)
  })
  for (const code of WHITE_SPACE) classes[code]! |= W
  for (const code of [0x0a, 0x0d]) classes[code]! |= NL
  if (withExtraDigits) for (const code of EXTRA_DIGITS) classes[code]! |= N
  return classes
}

function flagsOf(category: string): number {
  switch (category[0]) {
    case 'L':
      return L | (category === 'Lu' || category === 'Lt' ? UP : category === 'Ll' ? LO : UP | LO)
    case 'N':
      return N
    case 'M':
      return M | UP | LO
    case 'P':
    case 'S':
      return PS
    default:
      return 0
  }
}
