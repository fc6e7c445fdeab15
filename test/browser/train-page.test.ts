import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { maskChats } from '../../src/browser/train/masked-chats.ts'
import type { JsonObject } from '../../src/json/index.ts'
import { openModel } from '../../src/open-model.ts'
import { toExampleSet } from '../../src/train/data/index.ts'
import { listWeights, parseModelConfig } from '../../src/train/model/index.ts'
import { openTrainableModel } from '../../src/train/runtime/index.ts'
import { SFTTrainer } from '../../src/train/trainer/index.ts'
import { writeSafetensors } from '../../src/train/weights/index.ts'
import { makeTokenizerJson } from '../mask/tokenizer.ts'
import { random } from '../random.ts'
import { chromiumPath, launchBrowser, NO_CHROMIUM, newPage } from './browser.ts'
import { type ServedPage, servePage } from './serve-page.ts'

const folder = mkdtempSync(join(tmpdir(), 'lossline-page-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const TEMPLATE =
  "{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"

const CHATS = ['red', 'green', 'blue', 'white', 'black', 'grey']
  .map((colour, i) => ({
    messages: [
      { role: 'user', content: `What is colour ${i}?` },
      { role: 'assistant', content: `It is ${colour}.` },
    ],
  }))
  .map(row => JSON.stringify(row))
  .join('\n')

describe('the page that trains', { skip: chromiumPath === undefined ? NO_CHROMIUM : false }, () => {
  let browser: Browser
  let served: ServedPage
  const model = join(folder, 'model')
  before(async () => {
    execFileSync(process.execPath, ['scripts/build-pages.mjs'])
    await writeModel(model, 'F32')
    browser = await launchBrowser()
    served = await servePage('train', ['--model', model])
  })
  after(async () => {
    served?.close()
    await browser?.close()
  })

  test('has the losses of a training in Node, and draws them', async () => {
    const page = await openPage(browser, served)
    const { losses } = await train(page, { steps: 12, trained: 'all' })
    assert.deepEqual(losses, await trainInNode(model, 12))
    assert.match(await page.innerHTML('#curves'), /<figcaption><b>Loss<\/b>/)
  })

  for (const dtype of ['F32', 'F16', 'BF16'] as const) {
    test(`trains LoRA adapters on a base of ${dtype}, and the loss falls`, async () => {
      const page = await openPage(browser, served)
      const other = join(folder, dtype)
      await writeModel(other, dtype)
      await page.setInputFiles(
        '#model-files',
        readdirSync(other).map(name => join(other, name)),
      )
      await page.getByText('4 files').waitFor()
      await page.locator('#start:enabled').waitFor()
      const { losses } = await train(page, { steps: 40, trained: 'lora' })
      assert.ok(Number(losses.at(-1)) < Number(losses[0]) - 0.5, losses.join(' '))
    })
  }

  test('trains on WebGPU, with the losses of WebAssembly', async t => {
    const withGpu = await launchBrowser(['--enable-unsafe-webgpu'])
    try {
      const page = await openPage(withGpu, served)
      if (!(await page.evaluate('navigator.gpu?.requestAdapter().then(adapter => adapter !== null)')))
        return t.diagnostic('not tried: this Chromium has no WebGPU adapter, not even SwiftShader’s')
      // All chats in each step: SwiftShader takes seconds to compile for other lengths.
      const options = { steps: 2, batchSize: 6, trained: 'lora' } as const
      const onGpu = await train(page, options)
      const onCpu = await train(await openPage(browser, served), options)
      assert.deepEqual([onGpu.device, onCpu.device], ['WebGPU', 'WebAssembly'])
      assert.equal(onGpu.losses.length, 2)
      // The page shows four digits, of which the last may be rounded the other way.
      for (const [i, loss] of onGpu.losses.entries())
        assert.ok(Math.abs(Number(loss) - Number(onCpu.losses[i])) < 1.5e-4, `${loss} ${onCpu.losses[i]}`)
    } finally {
      await withGpu.close()
    }
  })

  test('trains on WebAssembly, and says why, where WebGPU gives no adapter', async () => {
    const page = await newPage(browser)
    // Init scripts don't reach workers.
    await page.route('**/worker.js', async route => {
      const response = await route.fetch()
      const stub = `Object.defineProperty(navigator, 'gpu', { value: { requestAdapter: () => Promise.reject(new Error('the driver is lost')) } });\n`
      await route.fulfill({ response, body: stub + (await response.text()) })
    })
    const { device, losses } = await train(await openPage(page, served), { steps: 1, trained: 'lora' })
    assert.deepEqual([device, losses.length], ['WebAssembly', 1])
    assert.match((await page.textContent('#device')) ?? '', /WebGPU: .*the driver is lost/)
  })

  test('shows what is trained before anything is', async () => {
    const page = await openPage(browser, served)
    assert.match((await page.textContent('#state')) ?? '', /^6 chats, [\d,]+ tokens, \d+ of them trained\.$/)
    const trained = await page.locator('#mask-row .y').allTextContents()
    assert.match(trained.join(''), /^It is red\.<\|im_end\|>$/)
  })

  test('says which file of a model is missing, and which row is no chat', async () => {
    const page = await newPage(browser)
    await page.goto(served.address)
    const config = { name: 'config.json', mimeType: 'application/json', buffer: Buffer.from('{}') }
    await page.setInputFiles('#model-files', [config])
    await page.setInputFiles('#dataset-file', toFile(CHATS))
    await page.getByText('tokenizer.json is not among what was dropped (config.json)').waitFor()
    const other = await openPage(browser, served, `${CHATS}\n{"messages": []}\n{"question": 3}`)
    assert.match((await other.textContent('#state')) ?? '', /row 6.*row 7/)
  })

  test('treats what stands in a chat as text', async () => {
    const content = '<img src=x onerror="document.title=1"><script>document.title=1</script>'
    const row = {
      messages: [
        { role: 'user', content },
        { role: 'assistant', content },
      ],
    }
    const page = await openPage(browser, served, JSON.stringify(row))
    assert.equal(await page.title(), 'Lossline: fine-tune in this page')
    assert.equal(await page.locator('#mask-row img, #mask-row script').count(), 0)
  })

  test('fits a narrow screen', async () => {
    const page = await openPage(browser, served)
    await page.setViewportSize({ width: 400, height: 800 })
    assert.ok(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'))
  })
})

test('a built page holds nothing of Node', { skip: chromiumPath === undefined ? NO_CHROMIUM : false }, () => {
  for (const name of ['page.js', 'worker.js']) {
    const source = readFileSync(join('dist/browser/train', name), 'utf8')
    assert.doesNotMatch(
      source,
      /from"(node:|piscina|parquet-wasm|tinyglobby|onnxruntime-node)|\bBuffer\.from/,
    )
  }
})

/** The page with the served model and some chats, its first answer there. */
async function openPage(on: Browser | Page, { address }: ServedPage, chats = CHATS): Promise<Page> {
  const page = 'route' in on ? on : await newPage(on)
  await page.goto(address)
  await page.getByText('The model that this page came with').waitFor()
  await page.setInputFiles('#dataset-file', toFile(chats))
  await page.locator('#mask-row pre').waitFor()
  return page
}

function toFile(text: string): { name: string; mimeType: string; buffer: Buffer } {
  return { name: 'chats.jsonl', mimeType: 'application/jsonl', buffer: Buffer.from(text) }
}

interface TrainOptions {
  readonly steps: number
  readonly trained: 'all' | 'lora'
  readonly batchSize?: number
}

/** Losses of all steps, as the page writes them, and what computed them. */
async function train(
  page: Page,
  { steps, trained, batchSize = 4 }: TrainOptions,
): Promise<{ losses: string[]; device: string | undefined }> {
  await page.fill('[name=max_steps]', String(steps))
  await page.fill('[name=per_device_train_batch_size]', String(batchSize))
  await page.selectOption('[name=trained]', trained)
  await page.evaluate(`{
    globalThis.seen = []
    const state = document.getElementById('state')
    new MutationObserver(() => seen.push(state.textContent)).observe(state, { childList: true })
  }`)
  await page.click('#start')
  await page.locator('#state', { hasText: /^Done: |failed/ }).waitFor({ timeout: 300_000 })
  const seen = (await page.evaluate('seen')) as string[]
  assert.match(seen.at(-1)!, /^Done: /)
  const find = (pattern: RegExp): string[] => seen.flatMap(text => pattern.exec(text)?.[1] ?? [])
  return { losses: find(/^Step \d+ of \d+: loss ([\d.]+)/), device: find(/parameters on (\w+)/)[0] }
}

async function trainInNode(modelFolder: string, steps: number): Promise<string[]> {
  const { rows } = maskChats(CHATS, await openModel(modelFolder, { cache: false }))
  const model = await openTrainableModel(modelFolder, { trained: { kind: 'all' }, threads: 1 })
  const losses: string[] = []
  const outputDir = join(folder, 'out')
  const trainer = new SFTTrainer({
    model,
    modelFiles: { save: async () => {}, load: async () => {} },
    trainSet: toExampleSet(rows),
    config: {
      outputDir,
      maxSteps: steps,
      learningRate: 0.002,
      perDeviceTrainBatchSize: 4,
      saveStrategy: 'no',
    },
    callbacks: [event => void (event.kind === 'step' && losses.push(event.loss.toFixed(4)))],
  })
  await trainer.train()
  await model.close()
  return losses
}

/** A tiny Llama with random weights, and a tokenizer of bytes. */
async function writeModel(into: string, dtype: 'F32' | 'F16' | 'BF16'): Promise<void> {
  mkdirSync(into)
  const tokenizer = makeTokenizerJson(TEMPLATE)
  const config: JsonObject = {
    ...{ model_type: 'llama', architectures: ['LlamaForCausalLM'], vocab_size: 272, hidden_size: 32 },
    ...{ intermediate_size: 48, num_hidden_layers: 2, num_attention_heads: 4, num_key_value_heads: 2 },
    ...{ max_position_embeddings: 256, tie_word_embeddings: true, rms_norm_eps: 1e-5, eos_token_id: 256 },
  }
  const next = random(7)
  const tensors = listWeights(parseModelConfig(config)).map(({ name, shape, role }) => {
    const length = shape.reduce((product, size) => product * size, 1)
    const values = Float32Array.from({ length }, () => (role === 'norm' ? 1 : (next(2001) - 1000) / 5000))
    return { name, dtype, shape, values }
  })
  await writeSafetensors(join(into, 'model.safetensors'), tensors)
  const write = (name: string, value: unknown): void => writeFileSync(join(into, name), JSON.stringify(value))
  write('config.json', config)
  write('tokenizer.json', tokenizer)
  write('tokenizer_config.json', { chat_template: TEMPLATE, eos_token: '<|im_end|>' })
}
