import { useEffect, useRef, useState } from 'preact/hooks'
import { type Params, type Place, readPlace, toHash } from './address.ts'
import type { View } from './use-view.ts'
import { type SettingParams, toSettingParams, writeSettings } from './write-settings.ts'

/** The place in the address, and beside it the settings and what is wanted of the rows. */
export function useAddress(
  { opened, settled }: Pick<View, 'opened' | 'settled'>,
  wanted: Params,
  onParams: (params: SettingParams) => void,
): { readonly place: Place; readonly go: (place: Place) => void } {
  const [place, setPlace] = useState(() => readPlace(location.hash))
  const params = useRef(toSettingParams(location.hash))
  const current = useRef(place)
  current.current = place
  const more = useRef(wanted)
  more.current = wanted
  const write = (): void =>
    history.replaceState(undefined, '', toHash(current.current, [...params.current, ...more.current]))
  useEffect(() => {
    if (opened === undefined || settled === undefined) return
    void writeSettings(settled, opened.base).then(written => {
      params.current = written
      write()
    })
  }, [opened, settled])
  useEffect(() => {
    if (opened !== undefined) write()
  }, [JSON.stringify(wanted)])
  useEffect(() => {
    const onHash = (): void => {
      setPlace(readPlace(location.hash))
      const entered = toSettingParams(location.hash)
      if (JSON.stringify(entered) !== JSON.stringify(params.current)) onParams(entered)
    }
    addEventListener('hashchange', onHash)
    return () => removeEventListener('hashchange', onHash)
  }, [onParams])
  const go = (next: Place): void => {
    setPlace(next)
    current.current = next
    write()
  }
  return { place, go }
}
