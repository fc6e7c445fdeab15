import type { ConfigReader } from './config-reader.ts'
import type { LayerKind } from './read-rope.ts'

/**
 * `layer_types`: which layers see a window of tokens and which see all.
 *
 * @param isSliding for a config.json without the list
 */
export function readLayerTypes(
  config: ConfigReader,
  layerCount: number,
  isSliding: (index: number) => boolean,
): LayerKind[] {
  const types = config.optionalTexts('layer_types')
  if (types === undefined) {
    return Array.from({ length: layerCount }, (_, index) =>
      isSliding(index) ? 'sliding_attention' : 'full_attention',
    )
  }
  if (types.length !== layerCount) {
    const what = `has ${types.length} entries; expected ${layerCount}, one for each of num_hidden_layers`
    throw config.contradiction('layer_types', what)
  }
  return types.map(type => {
    if (type === 'sliding_attention' || type === 'full_attention') return type
    throw config.notCovered('layer_types', type, ['full_attention', 'sliding_attention'])
  })
}
