import { PbfWriter } from 'pbf'

/** A name and the JSON of its value. */
export type JsonItem = readonly [name: string, json: string]

/** What a `.wandb` file says, of wandb_internal.proto: the fields that `wandb sync` sends on. */
export type WandbRecord =
  | { readonly kind: 'header'; readonly producer: string }
  | {
      readonly kind: 'run'
      readonly runId: string
      readonly project: string
      readonly displayName: string
      readonly host: string
      readonly startMs: number
      readonly config: readonly JsonItem[]
    }
  | { readonly kind: 'history'; readonly step: number; readonly items: readonly JsonItem[] }
  /** The last value of each name. */
  | { readonly kind: 'summary'; readonly items: readonly JsonItem[] }
  | { readonly kind: 'exit'; readonly runtimeSeconds: number }

/** @param num its place among the records, from 1 */
export function toRecordBytes(record: WandbRecord, num: number): Uint8Array {
  const pbf = new PbfWriter()
  pbf.writeVarintField(1, num)
  switch (record.kind) {
    case 'header':
      pbf.writeMessage(21, writeHeader, record.producer)
      break
    case 'run':
      pbf.writeMessage(17, writeRun, record)
      break
    case 'history':
      pbf.writeMessage(2, writeHistory, record)
      break
    case 'summary':
      pbf.writeMessage(3, (items, pbf) => writeItems(items, NESTED_KEY, pbf), record.items)
      break
    case 'exit':
      pbf.writeMessage(18, (seconds, pbf) => pbf.writeVarintField(2, seconds), record.runtimeSeconds)
      break
    default: {
      const never: never = record
      throw new TypeError(`no record is ${JSON.stringify(never)}`)
    }
  }
  return pbf.finish()
}

const KEY = 1
const NESTED_KEY = 2
const VALUE_JSON = 16

type RecordOf<Kind extends WandbRecord['kind']> = Extract<WandbRecord, { kind: Kind }>

function writeHeader(producer: string, pbf: PbfWriter): void {
  pbf.writeMessage(
    1,
    (_, pbf) => {
      pbf.writeStringField(1, producer)
      pbf.writeStringField(2, '0.70.0')
    },
    undefined,
  )
}

function writeRun(run: RecordOf<'run'>, pbf: PbfWriter): void {
  pbf.writeStringField(1, run.runId)
  pbf.writeStringField(3, run.project)
  pbf.writeMessage(4, (items, pbf) => writeItems(items, KEY, pbf), run.config)
  pbf.writeStringField(8, run.displayName)
  pbf.writeStringField(13, run.host)
  pbf.writeMessage(
    17,
    (ms, pbf) => {
      pbf.writeVarintField(1, Math.floor(ms / 1000))
      pbf.writeVarintField(2, Math.round((ms % 1000) * 1e6))
    },
    run.startMs,
  )
}

/** HistoryRecord: its items are field 1, its step field 2. */
function writeHistory({ step, items }: RecordOf<'history'>, pbf: PbfWriter): void {
  writeItems(items, NESTED_KEY, pbf)
  pbf.writeMessage(2, (num, pbf) => pbf.writeVarintField(1, num), step)
}

/** Items of a config, a history or a summary are all field 1 of their record. */
function writeItems(items: readonly JsonItem[], keyField: number, pbf: PbfWriter): void {
  for (const [name, json] of items) {
    pbf.writeMessage(
      1,
      (_, pbf) => {
        pbf.writeStringField(keyField, name)
        pbf.writeStringField(VALUE_JSON, json)
      },
      undefined,
    )
  }
}
