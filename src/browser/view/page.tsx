import { render } from 'preact'
import type { Given } from '../../view/index.ts'
import { App } from './app.tsx'

const given = JSON.parse(document.getElementById('given')!.textContent) as Given
const app = document.getElementById('app')!
// Preact would leave the line that stands there until the script runs.
app.replaceChildren()
render(<App given={given} />, app)
