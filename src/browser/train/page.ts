import { escapeHtml, toThousands } from '../../page/index.ts'
import { toCurve } from '../../train/logs/report/curve.ts'
import { type DroppedFiles, listDropped, readDropped } from '../dropped-files.ts'
import type { FromWorker, PageOptions, ToWorker } from './messages.ts'

const worker = new Worker('worker.js', { type: 'module' })
const say = (message: ToWorker): void => worker.postMessage(message)

interface Given {
  dataset: Uint8Array | undefined
  model: DroppedFiles | undefined
}

const given: Given = { dataset: undefined, model: undefined }
const losses: { step: number; value: number }[] = []
const norms: { step: number; value: number }[] = []
let totalSteps = 0

const start = find<HTMLButtonElement>('start')
const stop = find<HTMLButtonElement>('stop')
const state = find('state')

takeDrops('dataset', async files => {
  const [name, file] = files[0]!
  given.dataset = new Uint8Array(await file.arrayBuffer())
  return name
})
takeDrops('model', async files => {
  given.model = await readDropped(files)
  return `${files.length} files`
})

void takeServedModel()

/** The model that the page was served with, if there is one: a person needs to bring chats only. */
async function takeServedModel(): Promise<void> {
  const response = await fetch('model.json').catch(() => undefined)
  const names: string[] = response?.ok ? await response.json() : []
  if (names.length === 0) return
  const files = names.map(async name => {
    const file = await fetch(`model/${encodeURIComponent(name)}`)
    return [name, new Uint8Array(await file.arrayBuffer())] as const
  })
  const served = Object.fromEntries(await Promise.all(files))
  // Whoever brought a model meanwhile wants that one.
  if (given.model !== undefined) return
  given.model = served
  find('model-name').textContent = 'The model that this page came with. Drop another folder to take that.'
  find('model-drop').classList.add('taken')
  look()
}

/** Lets a box take what is dropped on it or chosen in it. */
function takeDrops(
  what: 'dataset' | 'model',
  take: (files: readonly (readonly [string, File])[]) => Promise<string>,
): void {
  const box = find(`${what}-drop`)
  const input = find<HTMLInputElement>(what === 'dataset' ? 'dataset-file' : 'model-files')
  const takeAll = async (files: readonly (readonly [string, File])[]): Promise<void> => {
    if (files.length === 0) return
    find(`${what}-name`).textContent = await take(files)
    box.classList.add('taken')
    look()
  }
  box.addEventListener('dragover', event => {
    event.preventDefault()
    box.classList.add('over')
  })
  box.addEventListener('dragleave', () => box.classList.remove('over'))
  box.addEventListener('drop', event => {
    event.preventDefault()
    box.classList.remove('over')
    if (event.dataTransfer !== null) void listDropped(event.dataTransfer).then(takeAll)
  })
  input.addEventListener('change', () => {
    void takeAll([...(input.files ?? [])].map(file => [file.name, file] as const))
  })
}

function look(): void {
  const { dataset, model } = given
  start.disabled = true
  if (dataset === undefined || model === undefined) {
    state.textContent = dataset === undefined ? 'Waiting for chats.' : 'Waiting for a model.'
    return
  }
  state.textContent = 'Rendering and masking …'
  say({ kind: 'look', dataset, model })
}

find<HTMLFormElement>('options').addEventListener('submit', event => {
  event.preventDefault()
  const options = readOptions(new FormData(event.target as HTMLFormElement))
  totalSteps = options.maxSteps
  losses.length = 0
  norms.length = 0
  draw()
  isTraining(true)
  state.textContent = 'Building the graph …'
  say({ kind: 'train', options })
})
stop.addEventListener('click', () => say({ kind: 'stop' }))

function readOptions(form: FormData): PageOptions {
  const number = (name: string): number => Number(form.get(name))
  return {
    maxSteps: number('max_steps'),
    learningRate: number('learning_rate'),
    batchSize: number('per_device_train_batch_size'),
    trained: form.get('trained') === 'all' ? 'all' : 'lora',
  }
}

worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
  switch (data.kind) {
    case 'looked':
      return showMask(data)
    case 'opened':
      state.textContent = `Training ${toThousands(data.trainedParameters)} parameters on ${data.device} …`
      find('device').hidden = data.reason === undefined
      find('device').textContent = `WebAssembly trains, not this browser’s WebGPU: ${data.reason}`
      return
    case 'step':
      losses.push({ step: data.step, value: data.loss })
      norms.push({ step: data.step, value: data.gradNorm })
      state.textContent = `Step ${data.step} of ${totalSteps}: loss ${data.loss.toFixed(4)}, ${toThousands(Math.round(data.speed))} tokens/s`
      return draw()
    case 'done':
      isTraining(false)
      state.textContent = `Done: ${data.steps} steps, loss ${losses.at(-1)?.value.toFixed(4) ?? 'not measured'}.`
      return
    case 'failed':
      isTraining(false)
      state.textContent = data.text
      state.className = 'warn'
      return
    default: {
      const never: never = data
      throw new Error(`unknown message ${JSON.stringify(never)}`)
    }
  }
})

worker.addEventListener('error', event => {
  isTraining(false)
  state.textContent = `The worker failed: ${event.message}`
  state.className = 'warn'
})

function showMask(looked: Extract<FromWorker, { kind: 'looked' }>): void {
  const { rows, tokens, trainedTokens, maskHtml, problems } = looked
  const counts = `${toThousands(rows)} chats, ${toThousands(tokens)} tokens, ${toThousands(trainedTokens)} of them trained.`
  state.className = problems.length === 0 ? 'dim' : 'warn'
  state.innerHTML = [counts, ...problems].map(escapeHtml).join('<br>')
  find('mask').hidden = false
  find('mask-row').innerHTML = maskHtml
  start.disabled = trainedTokens === 0
}

function isTraining(is: boolean): void {
  start.hidden = is
  stop.hidden = !is
  if (is) state.className = 'dim'
}

let isDrawing = false

/** Once a frame, however many steps there were. */
function draw(): void {
  if (isDrawing) return
  isDrawing = true
  requestAnimationFrame(() => {
    isDrawing = false
    find('curves').innerHTML =
      toCurve('Loss', [{ name: 'loss', points: losses }], totalSteps) +
      toCurve('Gradient norm', [{ name: 'grad_norm', points: norms }], totalSteps)
  })
}

function find<E extends HTMLElement = HTMLElement>(id: string): E {
  return document.getElementById(id) as E
}
