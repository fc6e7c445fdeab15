// What generated code calls, by these names: what the closures do, without their frame.

export { unwrap } from '../../operations/convert.ts'
export { isPlainObject as isPlain } from '../../operations/dict.ts'
export { readItemTraced, unpack } from '../../operations/iterate.ts'
export { Frame } from '../../runtime.ts'
export { Scalar } from '../../values/scalar.ts'
export { Str } from '../../values/str.ts'
export { tupleOf } from '../../values/tuple.ts'
export { Undefined } from '../../values/undefined.ts'
export { readAttribute, readKey } from '../access.ts'
export { compute } from '../expression.ts'
export { turnEnd, turnStart } from '../loop.ts'
export { toNamespace } from '../target.ts'
export { has } from '../truth.ts'
export {
  applyFilter,
  bindFilter,
  callAt,
  callMethodAt,
  callStrMethod,
  NOTHING,
  toNamed,
} from './support/call.ts'
export {
  add,
  check,
  checkTest,
  concatAt,
  isText,
  isTrimmed,
  makeDictAt,
  negateAt,
  subtract,
  truthOfItem,
} from './support/compute.ts'
export {
  attributeOf,
  getAttributeAt,
  getItemAt,
  getSliceAt,
  getTracedAttributeAt,
  getTracedItemAt,
  itemOf,
  look,
  messageOf,
  NEVER,
  openLoop,
  tracedItemOf,
} from './support/read.ts'
export { put, putAll, putCall, putSum, tooLongAt, tooLongWithin } from './support/write.ts'
