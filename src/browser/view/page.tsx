import { render } from 'preact'
import type { Given } from '../../view/index.ts'
import { App } from './app.tsx'

const given = JSON.parse(document.getElementById('given')!.textContent) as Given
render(<App given={given} />, document.getElementById('app')!)
