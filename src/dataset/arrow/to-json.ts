import { type DataType, type Field, Type } from '@uwdata/flechette'
import { LosslineError } from '../../error.ts'
import { type Json, JsonFloat, parseJson } from '../../json/index.ts'
import { isArrayIndex, toJsonObject } from '../json-object.ts'

/** A value as flechette gives it → JSON. */
export type ToJson = (value: unknown) => Json

/**
 * How the values of an Arrow field are written as JSON, so that a row reads as its JSON line would: floats stay floats when they are
 * whole; 64 bits are exact; times are ISO 8601; bytes are text where they are UTF-8 and base64 else; text of `arrow.json` is parsed.
 * **A struct's null is no key**: Arrow gives each struct the keys of all, and null where a row had none. A map's null stays.
 */
export function makeToJson({ type, metadata }: Field): ToJson {
  const convert = makeConverter(type, metadata)
  return value => (value === null || value === undefined ? null : convert(value))
}

/** A struct of these fields: `{name: value}` without what is null. */
export function makeStructToJson(fields: readonly Field[]): (get: (field: number) => unknown) => Json {
  const names = fields.map(({ name }) => name)
  const converters = fields.map(makeToJson)
  const hasIndexes = names.some(isArrayIndex)
  return get => {
    const entries: [string, Json][] | undefined = hasIndexes || names.includes('__proto__') ? [] : undefined
    const object: Record<string, Json> = {}
    for (let i = 0; i < names.length; i++) {
      const value = get(i)
      if (value === null || value === undefined) continue
      const json = converters[i]!(value)
      if (json === null) continue
      if (entries === undefined) object[names[i]!] = json
      else entries.push([names[i]!, json])
    }
    return entries === undefined ? object : toJsonObject(entries)
  }
}

function makeConverter(type: DataType, metadata: Field['metadata']): ToJson {
  switch (type.typeId) {
    case Type.Utf8:
    case Type.LargeUtf8:
    case Type.Utf8View:
      return metadata?.get('ARROW:extension:name') === 'arrow.json'
        ? value => parseJson(value as string)
        : value => value as string
    case Type.Struct: {
      const names = type.children.map(({ name }) => name)
      const toStruct = makeStructToJson(type.children)
      return value => toStruct(i => (value as Record<string, unknown>)[names[i]!])
    }
    case Type.List:
    case Type.LargeList:
    case Type.FixedSizeList:
    case Type.ListView:
    case Type.LargeListView: {
      const toItem = makeToJson(type.children[0]!)
      return value => Array.from(value as ArrayLike<unknown>, toItem)
    }
    case Type.Map: {
      const [, valueField] = (type.children[0]!.type as { children: Field[] }).children
      const toValue = makeToJson(valueField!)
      return value =>
        toJsonObject((value as [unknown, unknown][]).map(([key, item]) => [String(key), toValue(item)]))
    }
    case Type.Dictionary:
      return makeConverter(type.dictionary, metadata)
    case Type.RunEndEncoded:
      return makeToJson(type.children[1]!)
    default:
      return makeScalarConverter(type)
  }
}

function makeScalarConverter(type: DataType): ToJson {
  switch (type.typeId) {
    case Type.Int:
      return value => toInt(value as number | bigint)
    case Type.Float:
      return value => toFloat(value as number)
    case Type.Bool:
      return value => value as boolean
    case Type.Decimal: {
      const { scale } = type
      return value => toDecimal(BigInt(value as number | bigint), scale)
    }
    case Type.Date:
      return value => (value as Date).toISOString().slice(0, 10)
    case Type.Timestamp:
      return value => (value as Date).toISOString()
    case Type.Null:
      return () => null
    case Type.Binary:
    case Type.LargeBinary:
    case Type.BinaryView:
    case Type.FixedSizeBinary:
      return value => toText(value as Uint8Array)
    case Type.Time:
    case Type.Duration:
      return value => toInt(value as number | bigint)
    default:
      return value => toAnyJson(value)
  }
}

/** Types that chats don't have (intervals, unions), by what their values are. */
function toAnyJson(value: unknown): Json {
  if (value === null || value === undefined) return null
  if (typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') return Number.isInteger(value) ? value : toFloat(value)
  if (typeof value === 'bigint') return toInt(value)
  if (value instanceof Date) return value.toISOString()
  if (ArrayBuffer.isView(value) || Array.isArray(value))
    return Array.from(value as unknown as ArrayLike<unknown>, toAnyJson)
  if (typeof value === 'object') {
    return toJsonObject(Object.entries(value).map(([key, item]) => [key, toAnyJson(item)]))
  }
  throw new LosslineError('dataset/arrow-type', `has a value of a type that is not read (${typeof value})`, {
    fix: 'Leave the column out.',
  })
}

function toInt(value: number | bigint): Json {
  if (typeof value === 'number') return value
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value
}

function toFloat(value: number): Json {
  return Number.isInteger(value) ? new JsonFloat(value) : value
}

/** Without a fraction an int, else the float nearest to it. */
function toDecimal(unscaled: bigint, scale: number): Json {
  if (scale <= 0) return toInt(unscaled * 10n ** BigInt(-scale))
  return toFloat(Number(`${unscaled}e-${scale}`))
}

function toText(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const decoded = text.toString('utf8')
  return Buffer.byteLength(decoded) === bytes.length && !decoded.includes('\ufffd')
    ? decoded
    : text.toString('base64')
}
