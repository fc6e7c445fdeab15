import { tableOf } from '../operations/signature.ts'
import type { Filter } from './filter.ts'
import { LIST_FILTERS } from './list-filters.ts'
import { NUMBER_FILTERS } from './number-filters.ts'
import { PICK_FILTERS } from './pick-filters.ts'
import { TEXT_FILTERS } from './text-filters.ts'
import { VALUE_FILTERS } from './value-filters.ts'

/** All of Jinja2's filters, and transformers' `tojson`. */
export const FILTERS: ReadonlyMap<string, Filter> = tableOf<Filter>([
  ...TEXT_FILTERS,
  ...VALUE_FILTERS,
  ...NUMBER_FILTERS,
  ...LIST_FILTERS,
  ...PICK_FILTERS,
])
