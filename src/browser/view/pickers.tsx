import type { JsonObject } from '../../json/index.ts'
import type { FoundMarkers, ViewSettings } from '../../view/index.ts'
import { StrategyPicker, TextOption } from './inputs.tsx'
import { MaskOptionPickers } from './mask-options.tsx'
import { addMarkers, dropUndefined, keepRead } from './mask-reads.ts'
import type { DroppedModel, Opened } from './messages.ts'
import { ModelPicker } from './model-picker.tsx'
import { TemplatePicker } from './template-picker.tsx'

export interface PickersProps {
  readonly opened: Opened
  readonly settings: ViewSettings
  readonly onChange: (settings: ViewSettings) => void
  readonly onModel: (model: DroppedModel) => void
  readonly findMarkers: () => Promise<FoundMarkers>
  /** What was typed can't be used. */
  readonly onProblem: (problem: string) => void
}

/** What decides on the masks, to be changed while looking: tokenizer, template, strategy and its options, and a second side. */
export function Pickers({ opened, settings, onChange, onModel, findMarkers, onProblem }: PickersProps) {
  const { mask, other } = settings
  const { strategies, templates, hasOwnTemplate } = opened
  const set = (changed: Partial<ViewSettings>): void => onChange({ ...settings, ...changed })
  const setOther = (changed: Partial<NonNullable<ViewSettings['other']>>): void => {
    const next = { strategy: undefined, template: undefined, ...other, ...changed }
    const isNone = next.strategy === undefined && next.template === undefined
    void setMask({ mask, other: isNone ? undefined : next })
  }
  /** What strategies that are chosen need, and no more. */
  const setMask = async (changed: Pick<ViewSettings, 'mask' | 'other'>): Promise<void> => {
    const strategy = changed.other?.strategy
    const kept = keepRead(changed.mask, strategies, strategy)
    set({ ...changed, mask: await addMarkers(kept, strategies, strategy, findMarkers) })
  }
  return (
    <form class="pickers" onSubmit={event => event.preventDefault()}>
      <ModelPicker
        opened={opened}
        value={settings.tokenizer}
        onChange={tokenizer => set({ tokenizer })}
        onModel={onModel}
      />
      <TemplatePicker
        label="Template"
        none={undefined}
        templates={templates}
        hasOwn={hasOwnTemplate}
        value={settings.template}
        onChange={template => set({ template: template ?? { kind: 'model' } })}
      />
      <TextOption
        label="Variables"
        placeholder='{"enable_thinking": false}'
        value={settings.kwargs && JSON.stringify(settings.kwargs)}
        onChange={text => {
          const kwargs = text === undefined ? undefined : toObject(text)
          if (text !== undefined && kwargs === undefined)
            onProblem(`The template’s variables are no object of JSON, such as {"enable_thinking": false}.`)
          else set({ kwargs })
        }}
      />
      <StrategyPicker
        label="Mask"
        none="by the row’s kind"
        strategies={strategies}
        value={mask.strategy}
        onChange={strategy => void setMask({ mask: dropUndefined({ ...mask, strategy }), other })}
      />
      <MaskOptionPickers strategies={strategies} settings={settings} onChange={onChange} />
      <fieldset class="compared" aria-label="Compared with">
        <span>compared with</span>
        <StrategyPicker
          label="Other mask"
          none={other === undefined ? 'none' : 'the same'}
          strategies={strategies}
          value={other?.strategy}
          onChange={strategy => setOther({ strategy })}
        />
        <TemplatePicker
          label="Other template"
          none={other === undefined ? 'none' : 'the same'}
          templates={templates}
          hasOwn={hasOwnTemplate}
          value={other?.template}
          onChange={template => setOther({ template })}
        />
        {other !== undefined && other.template === undefined && (
          <label class="check">
            <input
              type="checkbox"
              checked={settings.isSideBySide}
              onChange={({ currentTarget }) => set({ isSideBySide: currentTarget.checked })}
            />
            Side by side
          </label>
        )}
      </fieldset>
    </form>
  )
}

function toObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as JsonObject)
      : undefined
  } catch {
    return undefined
  }
}
