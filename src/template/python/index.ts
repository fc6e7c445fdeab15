export {
  floorDiv,
  mod,
  pow,
  pyAbs,
  pyAdd,
  pyMultiply,
  pyNegate,
  pyPositive,
  pySubtract,
  trueDiv,
} from './arithmetic.ts'
export { capitalize, casefold, isLower, isTitle, isUpper, lower, swapcase, title, upper } from './case.ts'
export {
  isAlnum,
  isAlpha,
  isAscii,
  isDecimal,
  isDigit,
  isIdentifier,
  isNumeric,
  isPrintable,
  isSpace,
  isSpaceText,
} from './char-sets.ts'
export { codePointAt, codePointLength, codePointSliceRanges, type Span, sliceIndices } from './code-points.ts'
export { pyCompare, pyEquals } from './compare.ts'
export type { FormatPiece } from './format-piece.ts'
export { escapeHtml, striptags } from './markup.ts'
export { pyRound, toFloat, toInt } from './number.ts'
export { center, expandtabs, ljust, rjust, zfill } from './pad.ts'
export { percentPieces } from './percent.ts'
export { PyError } from './py-error.ts'
export { pyRepr, pyStr } from './repr.ts'
export { count, endswith, find, index, rfind, rindex, startswith } from './search.ts'
export { strFormatPieces } from './str-format.ts'
export { strftime } from './strftime.ts'
export {
  partitionRanges,
  removePrefixRange,
  removeSuffixRange,
  replace,
  rpartitionRanges,
  rsplitRanges,
  splitlinesRanges,
  splitRanges,
  stripRange,
} from './strings.ts'
export { filesizeformat, indent, titleFilter, truncate, urlencode, wordcount } from './text.ts'
export { type ToJsonOptions, toJson } from './tojson.ts'
export { dictEntries, isDict, PyTuple, type PyValue, pyFloat, pyInt, pyTuple, pyType } from './value.ts'
export { wordwrap } from './wordwrap.ts'
