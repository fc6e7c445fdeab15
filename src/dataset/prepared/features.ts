import { COLUMN_TYPES, type ColumnName, type ItemType } from './columns.ts'

/** `Features` of the library `datasets`, as it writes them in JSON. */
export type Features = Readonly<Partial<Record<ColumnName, ListFeature>>>

interface ListFeature {
  readonly feature: { readonly dtype: ItemType; readonly _type: 'Value' }
  readonly length: -1
  readonly _type: 'Sequence'
}

/** The columns as `datasets` describes them: lists of int32 or float32. `Sequence` is read by all its versions, `List` from 4.0 on alone. */
export function toFeatures(columns: readonly ColumnName[]): Features {
  return Object.fromEntries(
    columns.map(name => {
      const feature = { dtype: COLUMN_TYPES[name], _type: 'Value' }
      return [name, { feature, length: -1, _type: 'Sequence' }]
    }),
  )
}
