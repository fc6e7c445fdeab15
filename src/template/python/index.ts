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
export {
  codePointAt,
  codePointLength,
  codePointSliceRanges,
  type Span,
  sliceIndices,
  toCodePointIndex,
} from './code-points.ts'
export { compareStrings, ignoreCase, pyCompare, pyContains, pyEquals, pyTruth } from './compare.ts'
export { type FormatPiece, joinPieces } from './format-piece.ts'
export { pyFormat } from './format-spec.ts'
export { escapeHtml, striptags, unescapeHtml } from './markup.ts'
export {
  parseFloatText,
  parseInteger,
  pyFloatRepr,
  pyRound,
  type RoundMethod,
  toFloat,
  toInt,
  truncate as truncateFloat,
} from './number.ts'
export { center, expandtabs, ljust, rjust, zfill } from './pad.ts'
export { formatPercent, percentPieces } from './percent.ts'
export { PyError, type PyErrorKind } from './py-error.ts'
export { MAX_FILLING, repeat } from './repeat.ts'
export { pyAscii, pyRepr, pyStr } from './repr.ts'
export { count, endswith, find, index, rfind, rindex, startswith } from './search.ts'
export { type FormatArguments, strFormat, strFormatPieces } from './str-format.ts'
export { strftime } from './strftime.ts'
export {
  partitionRanges,
  removePrefixRange,
  removeSuffixRange,
  replace,
  replaceRanges,
  rpartitionRanges,
  rsplitRanges,
  splitlinesRanges,
  splitRanges,
  stripRange,
} from './strings.ts'
export {
  filesizeformat,
  indent,
  type TruncateOptions,
  titleFilter,
  truncate,
  urlencode,
  wordcount,
} from './text.ts'
export { type ToJsonOptions, toJson } from './tojson.ts'
export {
  dictEntries,
  dictGet,
  intToFloat,
  isDict,
  type PyDict,
  type PyObject,
  PyTuple,
  type PyType,
  type PyValue,
  pyFloat,
  pyInt,
  pyTuple,
  pyType,
  toNumeric,
} from './value.ts'
export { type WordwrapOptions, wordwrap } from './wordwrap.ts'
