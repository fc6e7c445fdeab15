import { LosslineError, quote } from '../../error.ts'
import { type Json, type JsonObject, parseJson } from '../../json/index.ts'
import { STRATEGIES, type StrategyName } from '../../mask/index.ts'
import type { TemplateChoice, ViewSettings } from '../../view/index.ts'
import { unpackText } from './pack-text.ts'
import type { SettingName, SettingParams } from './write-settings.ts'

type Reader = (settings: ViewSettings, text: string) => ViewSettings | Promise<ViewSettings>
type Mask = ViewSettings['mask']

const oneOf =
  <Name extends string>(...names: readonly Name[]) =>
  (text: string): Name => {
    const found = names.find(name => name === text)
    if (found === undefined) throw expected(text, names.join(', '))
    return found
  }

const toStrategy = oneOf(...(Object.keys(STRATEGIES) as StrategyName[]))
const toSource = oneOf('content', 'reasoning', 'tool_calls')

/** An empty text takes the option away. */
const ofMask =
  <Name extends keyof Mask>(name: Name, read: (text: string) => NonNullable<Mask[Name]>): Reader =>
  (settings, text) => {
    const { [name]: _, ...rest } = settings.mask
    return { ...settings, mask: text === '' ? rest : { ...rest, [name]: read(text) } }
  }

/** What write-settings.ts writes. In an order in which what is compared comes before its template. */
const READERS: { readonly [Name in SettingName]: Reader } = {
  tokenizer: (settings, text) => ({ ...settings, tokenizer: text === '' ? undefined : text }),
  template: async (settings, text) => ({ ...settings, template: await readTemplate(text) }),
  kwargs: (settings, text) => ({ ...settings, kwargs: text === '' ? undefined : toKwargs(text) }),
  mask: ofMask('strategy', toStrategy),
  turns: ofMask('turns', oneOf('all', 'last')),
  train_on_eot: ofMask('trainOnEot', oneOf('turn', 'last', 'none')),
  unroll: ofMask('unroll', oneOf('auto', 'always', 'never')),
  roles: ofMask('roles', text => text.split(',')),
  mask_sources: ofMask('mask', text => text.split(',').map(toSource)),
  response_template: ofMask('responseTemplate', toTextOrIds),
  instruction_template: ofMask('instructionTemplate', toTextOrIds),
  compare: (settings, text) => {
    if (text === '') return { ...settings, other: undefined }
    const strategy = text === 'same' ? undefined : toStrategy(text)
    return { ...settings, other: { template: undefined, ...settings.other, strategy } }
  },
  compare_template: async (settings, text) => {
    if (settings.other === undefined) return settings
    const template = text === '' ? undefined : await readTemplate(text)
    return { ...settings, other: { ...settings.other, template } }
  },
  side_by_side: (settings, text) => ({ ...settings, isSideBySide: text === '1' }),
}

/** @throws LosslineError `page/address` */
export async function readSettings(params: SettingParams, opened: ViewSettings): Promise<ViewSettings> {
  const given = new Map(params)
  let settings = opened
  for (const [name, read] of Object.entries(READERS)) {
    const text = given.get(name)
    if (text === undefined) continue
    try {
      settings = await read(settings, text)
    } catch (error) {
      throw error instanceof LosslineError ? error.at(`${name} in the address`) : error
    }
  }
  return settings
}

async function readTemplate(text: string): Promise<TemplateChoice> {
  if (text === 'model') return { kind: 'model' }
  const [, name] = /^named:(.+)$/s.exec(text) ?? []
  if (name !== undefined) return { kind: 'named', name }
  const [, packed, givenName] = /^given:([\w-]+):(.+)$/s.exec(text) ?? []
  if (packed === undefined || givenName === undefined)
    throw expected(text, 'model, named:NAME or a packed template')
  try {
    return { kind: 'given', name: givenName, source: await unpackText(packed) }
  } catch {
    throw expected(text, 'a template as this page packs it')
  }
}

function toTextOrIds(text: string): string | readonly number[] {
  return /^\[[\d,]+\]$/.test(text) ? (JSON.parse(text) as number[]) : text
}

function toKwargs(text: string): JsonObject {
  const value: Json = parseJson(text)
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  if (!isObject) throw expected(text, 'an object of JSON, such as {"enable_thinking": false}')
  return value as JsonObject
}

function expected(text: string, what: string): LosslineError {
  return new LosslineError('page/address', `is ${quote(text)}; expected ${what}`, {
    fix: 'Leave it out, or copy the whole address again.',
  })
}
