import type { TemplateChoice, ViewSettings } from '../../view/index.ts'
import { packText } from './pack-text.ts'

/** Settings as an address has them: those that are not what the page was opened with; an empty value stands for none. */
export type SettingParams = readonly (readonly [name: string, value: string])[]

/** By their names in the address, which are those of the command line's options; read by read-settings.ts. */
export type SettingName = keyof typeof WRITERS

type Writer = (settings: ViewSettings) => string | Promise<string>

const WRITERS = {
  tokenizer: ({ tokenizer }) => tokenizer ?? '',
  template: ({ template }) => writeTemplate(template),
  kwargs: ({ kwargs }) => (kwargs === undefined ? '' : JSON.stringify(kwargs)),
  mask: ({ mask }) => mask.strategy ?? '',
  turns: ({ mask }) => mask.turns ?? '',
  train_on_eot: ({ mask }) => mask.trainOnEot ?? '',
  unroll: ({ mask }) => mask.unroll ?? '',
  roles: ({ mask }) => mask.roles?.join(',') ?? '',
  mask_sources: ({ mask }) => mask.mask?.join(',') ?? '',
  response_template: ({ mask }) => writeTextOrIds(mask.responseTemplate),
  instruction_template: ({ mask }) => writeTextOrIds(mask.instructionTemplate),
  /** `same`: the first side's. */
  compare: ({ other }) => (other === undefined ? '' : (other.strategy ?? 'same')),
  compare_template: ({ other }) => (other?.template === undefined ? '' : writeTemplate(other.template)),
  side_by_side: ({ isSideBySide }) => (isSideBySide ? '1' : ''),
} satisfies Readonly<Record<string, Writer>>

/** What of the settings is not as it was when the page was opened. */
export async function writeSettings(settings: ViewSettings, opened: ViewSettings): Promise<SettingParams> {
  const params: [string, string][] = []
  for (const [name, write] of Object.entries<Writer>(WRITERS)) {
    const [now, before] = await Promise.all([write(settings), write(opened)])
    if (now !== before) params.push([name, now])
  }
  return params
}

/** The settings among what stands after `#`. */
export function toSettingParams(hash: string): SettingParams {
  return [...new URLSearchParams(hash.replace(/^#/, ''))].filter(([name]) => name in WRITERS)
}

async function writeTemplate(choice: TemplateChoice): Promise<string> {
  switch (choice.kind) {
    case 'model':
      return 'model'
    case 'named':
      return `named:${choice.name}`
    case 'given':
      return `given:${await packText(choice.source)}:${choice.name}`
    default: {
      const never: never = choice
      return never
    }
  }
}

function writeTextOrIds(value: string | readonly number[] | undefined): string {
  return typeof value === 'object' ? JSON.stringify(value) : (value ?? '')
}
