// Rows and elements by index.
import { int, text } from '../graph.ts'
import { type Shape, shapeError, type Tensor } from '../tensor.ts'
import { expandTo, reshape } from './shape.ts'

/** Rows of `table` [rows, …] at int64 `indexes` [n]: [n, …]. Rows that are asked for twice get both gradients. */
export function gatherRows(table: Tensor, indexes: Tensor): Tensor {
  const { graph } = table
  const shape = [...indexes.shape, ...table.shape.slice(1)]
  const y = graph.node(
    'Gather',
    [table, indexes],
    { dtype: table.dtype, shape },
    { attributes: { axis: int(0) } },
  )
  return graph.record([table, indexes], y, dy => [scatterAddRows(zerosLike(table), indexes, dy), undefined])
}

/** `table` with `rows` [n, …] added at int64 `indexes` [n]. No gradient. */
export function scatterAddRows(table: Tensor, indexes: Tensor, rows: Tensor): Tensor {
  const at = reshape(indexes, [...indexes.shape, 1])
  return table.graph.node('ScatterND', [table, at, rows], table, { attributes: { reduction: text('add') } })
}

/** One element of each row of `x` [n, m], at int64 `columns` [n, 1]: [n, 1]. */
export function gatherColumns(x: Tensor, columns: Tensor): Tensor {
  const { graph } = x
  const attributes = { axis: int(1) }
  const y = graph.node(
    'GatherElements',
    [x, columns],
    { dtype: x.dtype, shape: columns.shape },
    { attributes },
  )
  return graph.record([x, columns], y, dy => [scatterAddColumns(zerosLike(x), columns, dy), undefined])
}

/** `x` [n, m] with `values` [n, 1] added at int64 `columns` [n, 1]. No gradient. */
export function scatterAddColumns(x: Tensor, columns: Tensor, values: Tensor): Tensor {
  const attributes = { axis: int(1), reduction: text('add') }
  return x.graph.node('ScatterElements', [x, columns, values], x, { attributes })
}

/** Zeros of the shape of `x`. */
export function zerosLike(x: Tensor): Tensor {
  if (x.dtype !== 'float32') throw shapeError(`zeros of ${x.dtype}`)
  return expandTo(reshape(x.graph.scalar(0), ones(x.shape)), x)
}

const ones = (shape: Shape): number[] => shape.map(() => 1)
