import { useEffect } from 'preact/hooks'
import type { Given } from '../../view/index.ts'
import { listDropped, nameDropped } from '../dropped-files.ts'
import { sortDropped } from './sort-dropped.ts'
import type { View } from './use-view.ts'

/** Takes what is dropped anywhere on an open page: a model folder, or a template. */
export function useDrops(view: View, given: Given): void {
  useEffect(() => {
    if (view.opened === undefined || given.kind === 'embedded') return
    const onOver = (event: DragEvent): void => event.preventDefault()
    const onDrop = (event: DragEvent): void => {
      event.preventDefault()
      if (event.dataTransfer !== null) void take(event.dataTransfer, view)
    }
    addEventListener('dragover', onOver)
    addEventListener('drop', onDrop)
    return () => {
      removeEventListener('dragover', onOver)
      removeEventListener('drop', onDrop)
    }
  }, [view, given])
}

async function take(transfer: DataTransfer, view: View): Promise<void> {
  const folder = nameDropped(transfer)
  const { rows, model, template } = await sortDropped(await listDropped(transfer), folder)
  if (model !== undefined) view.addModel(model)
  else if (template !== undefined && view.settings !== undefined) {
    const source = await template.text()
    view.set({ ...view.settings, template: { kind: 'given', name: template.name, source } })
  } else if (rows !== undefined) {
    view.refuse(`${rows.name} is neither a model folder nor a template; for other rows, open the page anew.`)
  }
}
