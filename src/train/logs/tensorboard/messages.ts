import { PbfWriter } from 'pbf'

/** One value of a summary: a number, or text in Markdown. */
export interface SummaryValue {
  readonly tag: string
  readonly value: number | string
}

/** What an event of TensorBoard says, beside its time and its step. */
export type EventContent =
  | { readonly kind: 'version' }
  /** What other files have from this step on is void: it comes again. */
  | { readonly kind: 'purge' }
  | { readonly kind: 'summary'; readonly values: readonly SummaryValue[] }

/** tensorflow/core/util/event.proto, as `torch.utils.tensorboard` writes it. */
export function toEventBytes(wallSeconds: number, step: number, content: EventContent): Uint8Array {
  const pbf = new PbfWriter()
  pbf.writeDoubleField(1, wallSeconds)
  if (step !== 0) pbf.writeVarintField(2, step)
  switch (content.kind) {
    case 'version':
      pbf.writeStringField(3, 'brain.Event:2')
      break
    case 'purge':
      // SessionLog.status = START
      pbf.writeMessage(7, (_, log) => log.writeVarintField(1, 1), undefined)
      break
    case 'summary':
      pbf.writeMessage(5, writeSummary, content.values)
      break
    default: {
      const never: never = content
      throw new Error(`no such content: ${String(never)}`)
    }
  }
  return pbf.finish()
}

function writeSummary(values: readonly SummaryValue[], pbf: PbfWriter): void {
  for (const value of values) pbf.writeMessage(1, writeValue, value)
}

function writeValue({ tag, value }: SummaryValue, pbf: PbfWriter): void {
  if (typeof value === 'number') {
    pbf.writeStringField(1, tag)
    pbf.writeFloatField(2, value)
    return
  }
  pbf.writeStringField(1, `${tag}/text_summary`)
  pbf.writeMessage(9, writeTextMetadata, undefined)
  pbf.writeMessage(8, writeText, value)
}

/** SummaryMetadata.plugin_data.plugin_name: the tab that shows it. */
function writeTextMetadata(_: undefined, pbf: PbfWriter): void {
  pbf.writeMessage(1, (__, plugin) => plugin.writeStringField(1, 'text'), undefined)
}

/** A TensorProto of one string. */
function writeText(text: string, pbf: PbfWriter): void {
  const DT_STRING = 7
  pbf.writeVarintField(1, DT_STRING)
  pbf.writeMessage(2, writeShapeOfOne, undefined)
  pbf.writeBytesField(8, new TextEncoder().encode(text))
}

function writeShapeOfOne(_: undefined, pbf: PbfWriter): void {
  pbf.writeMessage(2, (__, dimension) => dimension.writeVarintField(1, 1), undefined)
}
