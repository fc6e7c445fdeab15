import { useEffect, useRef, useState } from 'preact/hooks'
import type { RowFilter } from '../../view/index.ts'
import { readWanted } from './address.ts'
import type { ViewSource } from './source.ts'
import type { View } from './use-view.ts'

/** Which rows are listed, at first those that the address asks for. */
export function useFilter(
  source: ViewSource,
  { settled, isWhole }: Pick<View, 'settled' | 'isWhole'>,
): Pick<View, 'filter' | 'setFilter' | 'searched' | 'search'> {
  const [first] = useState(() => readWanted(location.hash))
  const [filter, setFilter] = useState<RowFilter>(first.filter)
  const [searched, setSearched] = useState(first.search)
  // A search that was asked for earlier may end later.
  const last = useRef(0)
  const search = (text: string): void => {
    const number = ++last.current
    setSearched(text)
    if (text === '') {
      setFilter(({ found: _, ...rest }) => rest)
      return
    }
    void source.ask({ kind: 'search', text }).then(found => {
      if (number === last.current) setFilter(before => ({ ...before, found: new Set(found) }))
    })
  }
  // What was looked for while rows still came was not looked for in those.
  useEffect(() => {
    if (isWhole && searched !== '') search(searched)
  }, [isWhole])
  const isAlone = settled !== undefined && settled.other === undefined
  useEffect(() => {
    if (isAlone) setFilter(({ differs: _, ...rest }) => rest)
  }, [isAlone])
  useEffect(() => {
    const onHash = (): void => {
      const wanted = readWanted(location.hash)
      setFilter(wanted.filter)
      search(wanted.search)
    }
    addEventListener('hashchange', onHash)
    return () => removeEventListener('hashchange', onHash)
  }, [source])
  return { filter, setFilter, searched, search }
}
