/** How many colours the reader's terminal has; 0: none, or not wanted. */
export type ColorLevel = 0 | 16 | 256

/** Draws pieces of a line; without colours it draws nothing, and the signs in the text have to do. */
export interface Paint {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly error: (text: string) => string
  readonly warn: (text: string) => string
  readonly info: (text: string) => string
  readonly special: (text: string) => string
  /** Lines of a difference. */
  readonly removed: (text: string) => string
  readonly added: (text: string) => string
  /** The mark of trained tokens. */
  readonly trainedMark: (text: string) => string
  /** A trained token: deeper for a larger weight, in one of two shades by turns, so that neighbours can be told apart. */
  readonly trained: (text: string, weight: number, isOdd: boolean) => string
}

export function makePaint(colors: ColorLevel): Paint {
  const sgr = (on: string, off: string) => (text: string) =>
    colors === 0 || text === '' ? text : `\x1b[${on}m${text}\x1b[${off}m`
  return {
    bold: sgr('1', '22'),
    dim: sgr('2', '22'),
    error: sgr('31', '39'),
    warn: sgr('33', '39'),
    info: sgr('36', '39'),
    special: sgr('35', '39'),
    removed: sgr('31', '39'),
    added: sgr('32', '39'),
    trainedMark: sgr('32', '39'),
    trained: (text, weight, isOdd) => {
      const shade = (colors === 256 ? GREENS : BASIC_GREENS)[depthOf(weight)]![isOdd ? 1 : 0]!
      return sgr(`${colors === 256 ? '38;5;16' : '30'};${shade}`, '39;49')(text)
    },
  }
}

/** Black on green, pale to deep: readable on dark and light terminals alike, since both colours are set. */
const GREENS = [
  ['48;5;194', '48;5;157'],
  ['48;5;157', '48;5;120'],
  ['48;5;114', '48;5;77'],
] as const
const BASIC_GREENS = [
  ['42', '102'],
  ['42', '102'],
  ['42', '102'],
] as const

function depthOf(weight: number): number {
  if (weight >= 1) return 2
  return weight >= 0.5 ? 1 : 0
}
