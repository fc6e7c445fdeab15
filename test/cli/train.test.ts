import assert from 'node:assert/strict'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { fineTune } from '../../src/train/index.ts'
import { makeModel } from '../train/make-model.ts'
import { CHATML, makeModelFolder } from './model-folder.ts'
import { type CliResult, makeFolder, runCli, startCli, writeRows } from './run-cli.ts'

const folder = makeFolder()
const model = makeModelFolder()
const THINGS = ['grass', 'snow', 'coal']
const COLOURS = ['Green', 'White', 'Black']
const chats = writeRows(
  folder,
  'chats.jsonl',
  Array.from({ length: 12 }, (_, i) => ({
    messages: [
      { role: 'user', content: `What is the colour of ${THINGS[i % 3]}?` },
      { role: 'assistant', content: `${COLOURS[i % 3]}.` },
    ],
  })),
)

before(async () => {
  const { model: bpe, added_tokens: added } = JSON.parse(
    readFileSync(join(model, 'tokenizer.json'), 'utf8'),
  ) as {
    model: { vocab: Record<string, number> }
    added_tokens: { id: number }[]
  }
  const ids = [...Object.values(bpe.vocab), ...added.map(({ id }) => id)]
  const config = {
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    vocab_size: Math.max(...ids) + 1,
    hidden_size: 32,
    intermediate_size: 48,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    num_key_value_heads: 1,
    max_position_embeddings: 128,
    tie_word_embeddings: true,
    dtype: 'bfloat16',
  }
  await makeModel(model, config, 1)
})

const train = (output: string, ...more: readonly string[]): Promise<CliResult> =>
  runCli(['train', '--model', model, '--dataset', chats, '-o', join(folder, output), ...more])

test('trains a model until it answers as its conversations do, and says how to talk to it', async () => {
  const { code, stdout, stderr } = await train(
    'whole',
    '--learning_rate=1e-2',
    '--max-steps',
    '40',
    '--logging-steps',
    '20',
    '--eval-dataset',
    chats,
    '--eval-strategy',
    'steps',
    '--eval-steps',
    '20',
    '--report-to',
    'tensorboard,wandb',
  )
  assert.equal(code, 0, stderr)
  assert.match(stdout, /^steps {7}40 in /m)
  assert.match(stdout, /What is the colour of grass\? → Green\. ■/)
  assert.match(stderr, /step 40: 3 of 3 answers ended by themselves/)
  const output = join(folder, 'whole')
  for (const name of [
    'config.json',
    'metrics.jsonl',
    'model.safetensors',
    'report.html',
    'runs',
    'tokenizer.json',
    'wandb',
  ])
    assert.ok(existsSync(join(output, name)), name)
  const { dtype } = JSON.parse(readFileSync(join(output, 'config.json'), 'utf8')) as { dtype: string }
  assert.equal(dtype, 'float32')

  const [, command] = /^Talk to it: lossline (.*)$/m.exec(stdout)!
  const args = [...command!.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!)
  const generated = await runCli(args)
  assert.equal(generated.stdout, 'Green.\n')
  assert.match(generated.stderr, /ended by its stop token <\|im_end\|> after \d tokens/)
})

test('trains an adapter by a config file of TRL’s, flags over it; and answers with it and without', async () => {
  const config = join(folder, 'sft.yaml')
  writeFileSync(
    config,
    `model_name_or_path: ${model}\ndataset_name: ${chats}\nlearning_rate: 1.0e-9\nuse_peft: true\nlora_r: 8\nlora_target_modules: [all-linear]\n` +
      'lora_modules_to_save: [embed_tokens]\nmax_steps: 40\nreport_to: none\ntorch_dtype: bfloat16\n',
  )
  const output = join(folder, 'adapter')
  const { code, stdout, stderr } = await runCli([
    'train',
    '--config',
    config,
    '-o',
    output,
    '--learning-rate',
    '1e-2',
    '--attn_implementation',
    'eager',
  ])
  assert.equal(code, 0, stderr)
  assert.match(stderr, /torch_dtype has no effect: arithmetic is in float32/)
  assert.match(stderr, /attn_implementation has no effect: there is one/)
  assert.match(stdout, new RegExp(`lossline generate --model ${model} --adapter ${output} --prompt`))
  const { r } = JSON.parse(readFileSync(join(output, 'adapter_config.json'), 'utf8')) as { r: number }
  assert.equal(r, 8)

  const answered = await runCli([
    'generate',
    chats,
    '--model',
    model,
    '--adapter',
    output,
    '--compare',
    '--rows',
    '0:2',
    '--json',
    '--max-new-tokens',
    '12',
  ])
  // The adapter's folder alone: it names its base, as PEFT has it.
  const alone = await runCli(['generate', '--model', output, '--prompt', 'Of snow?', '--max-new-tokens', '4'])
  assert.equal(alone.code, 0, alone.stderr)
  assert.match(alone.stderr, /adapter is an adapter; its base is /)
  const lines = answered.stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Record<string, unknown>)
  assert.deepEqual(
    lines.map(line => [line['row'], line['with']]),
    [
      [0, 'without the adapter'],
      [0, 'with the adapter'],
      [1, 'without the adapter'],
      [1, 'with the adapter'],
    ],
  )
  assert.deepEqual(
    [lines[1]!['answer'], lines[1]!['stopped'], lines[3]!['answer']],
    ['Green.', 'stop-token', 'White.'],
  )
  assert.notEqual(lines[0]!['answer'], 'Green.')
})

test('finishes the step at Ctrl-C, saves, and goes on from there to the same end', {
  skip: process.platform === 'win32',
}, async () => {
  const options = [
    '--max-steps',
    '200',
    '--logging-steps',
    '1',
    '--save-steps',
    '1000',
    '--learning-rate',
    '1e-3',
    '--report-to',
    'none',
  ]
  const output = join(folder, 'stopped')
  const args = ['train', '--model', model, '--dataset', chats, '-o', output, '--json', ...options]
  const { child, result } = startCli(args)
  child.stdin.end()
  child.stderr.on('data', (part: string) => {
    if (/"event":"log","step":7,/.test(part)) child.kill('SIGINT')
  })
  const stopped = await result
  assert.equal(stopped.code, 130, stopped.stderr)
  assert.match(
    stopped.stderr,
    /stopped after step \d+, which is saved; the same command with --resume goes on/,
  )
  const [checkpoint] = readdirSync(output).filter(name => name.startsWith('checkpoint-'))
  assert.ok(Number(checkpoint!.split('-')[1]) < 200)
  const resumed = await runCli([...args, '--resume'])
  assert.equal(resumed.code, 0, resumed.stderr)
  await runCli(args.map(arg => (arg === output ? join(folder, 'undisturbed') : arg)))
  const weightsOf = (name: string): Buffer => readFileSync(join(folder, name, 'model.safetensors'))
  assert.ok(weightsOf('stopped').equals(weightsOf('undisturbed')))
  const logsOf = (name: string): string[] =>
    readFileSync(join(folder, name, 'metrics.jsonl'), 'utf8')
      .split('\n')
      .filter(line => line.includes('"loss"'))
  assert.deepEqual(logsOf('stopped'), logsOf('undisturbed'))
})

test('a training that is stopped while it reads ends there, and leaves nothing', async () => {
  const outputDir = join(folder, 'unbegun')
  const stop = new AbortController()
  const reading = fineTune({
    model,
    rows: { inputs: [{ path: chats }] },
    config: { outputDir },
    part: { kind: 'all' },
    signal: stop.signal,
  })
  stop.abort()
  await assert.rejects(reading, { code: 'train/interrupted' })
  assert.ok(!existsSync(outputDir))
})

describe('says in one line what can’t be done', () => {
  const damaged = join(folder, 'damaged')
  const foreign = join(folder, 'foreign')
  before(async () => {
    const mistral = join(process.cwd(), 'assets', 'mistral-7b-v0.1')
    const template = join(process.cwd(), 'examples', 'chat_template.jinja')
    const prepared = await runCli([
      ...['prepare', chats, '--tokenizer', mistral, '--chat-template', template],
      ...['-o', foreign],
    ])
    assert.equal(prepared.code, 0, prepared.stderr)
  })
  const mistakes: readonly (readonly [
    name: string,
    code: number,
    args: () => readonly string[],
    line: RegExp,
  ])[] = [
    [
      'no model',
      2,
      () => ['--dataset', chats, '-o', 'x'],
      /^lossline: --model is needed\. Name a model folder\.$/,
    ],
    ['no dataset', 2, () => ['--model', model, '-o', 'x'], /^lossline: --dataset is needed\./],
    ['no output', 2, () => ['--model', model, '--dataset', chats], /^lossline: --output is needed\./],
    [
      'a value that is no number',
      2,
      () => ['--learning-rate', 'fast'],
      /^lossline: --learning-rate is "fast"; expected a number, from 0$/,
    ],
    [
      'an option that there isn’t',
      2,
      () => ['--learning-rat', '1'],
      /^lossline: unknown option '--learning-rat'\. Did you mean --learning-rate\?$/,
    ],
    [
      'a name that an option had once',
      2,
      () => ['--max_seq_length', '64'],
      /^lossline: --max-seq-length has another name by now\. Give --max-length\.$/,
    ],
    [
      'a key of a config file that an option had once',
      2,
      () => {
        writeFileSync(join(folder, 'once.yaml'), 'evaluation_strategy: steps\n')
        return ['--config', join(folder, 'once.yaml')]
      },
      /once\.yaml evaluation_strategy has another name by now\. Give --eval-strategy\.$/,
    ],
    [
      'an optimizer of the same family as one that there is',
      2,
      () => ['--optim', 'paged_adamw_8bit'],
      /^lossline: --optim is "paged_adamw_8bit"; expected .* or sgd\. Did you mean adamw_torch\?$/,
    ],
    [
      'a second file behind --dataset',
      2,
      () => ['--model', model, '--dataset', chats, 'more.jsonl', '-o', join(folder, 'x')],
      /^lossline: "more\.jsonl" is given without an option, and train takes none such\. Put an option in front of each value; quote a pattern, and what has spaces in it\.$/,
    ],
    [
      'a dataset of the Hub',
      1,
      () => ['--model', model, '--dataset_name', 'trl-lib/Capybara', '-o', join(folder, 'x')],
      /^lossline: trl-lib\/Capybara does not exist here, and datasets of the Hub are not fetched\. Name a file; hf download trl-lib\/Capybara --repo-type dataset --local-dir FOLDER gets them\.$/,
    ],
    [
      'a model that is not there',
      1,
      () => ['--model', join(folder, 'nope'), '--dataset', chats, '-o', 'x'],
      /nope does not exist\. Name a folder with config\.json, safetensors and tokenizer\.json\.$/,
    ],
    [
      'options of an adapter without one',
      2,
      () => ['--model', model, '--dataset', chats, '-o', 'x', '--lora-r', '4'],
      /^lossline: --lora-r needs an adapter\. Give --use-peft\.$/,
    ],
    [
      'a base in 4 bits that is trained whole',
      2,
      () => ['--model', model, '--dataset', chats, '-o', 'x', '--load-in-4bit'],
      /^lossline: --load-in-4bit needs an adapter: rounded weights are not trained\. Give --use-peft\.$/,
    ],
    [
      'rows in which the linter finds an error',
      1,
      () => {
        const answer = { role: 'assistant', content: 'White.', reasoning_content: 'Snow is.' }
        const rows = writeRows(folder, 'ignored.jsonl', [
          { messages: [{ role: 'user', content: 'Of snow?' }, answer] },
        ])
        return ['--model', model, '--dataset', rows, '-o', join(folder, 'ignored')]
      },
      /ignored\.jsonl:1 messages\[1\]\.reasoning_content is not in the text.* --allow-findings field-ignored goes on as it is\.$/,
    ],
    [
      'a key of a config file that nobody knows',
      2,
      () => {
        writeFileSync(join(folder, 'bad.yaml'), 'learning_rat: 1\n')
        return ['--config', join(folder, 'bad.yaml')]
      },
      /bad\.yaml "learning_rat" is no option of a training\. Did you mean learning_rate\?$/,
    ],
    [
      'a dataset without one trained token',
      1,
      () => {
        const rows = writeRows(folder, 'asked.jsonl', [{ messages: [{ role: 'user', content: 'Of snow?' }] }])
        return ['--model', model, '--dataset', rows, '-o', join(folder, 'x')]
      },
      /asked\.jsonl holds no example with a trained token\. Look at the masks with lossline show/,
    ],
    [
      'the best checkpoint without evaluations',
      2,
      () => ['--model', model, '--dataset', chats, '-o', 'x', '--load-best-model-at-end'],
      /^lossline: --load-best-model-at-end needs evaluations\. Give --eval-strategy steps or epoch\.$/,
    ],
    [
      'evaluations of nothing',
      1,
      () => ['--model', model, '--dataset', chats, '-o', join(folder, 'x'), '--eval-strategy', 'epoch'],
      /^lossline: --eval-strategy needs examples to evaluate on\. Give --eval-dataset, or leave this out\.$/,
    ],
    [
      'a value of a config file that is not of its kind',
      2,
      () => {
        writeFileSync(join(folder, 'kind.yaml'), 'seed: 1.5\n')
        return ['--config', join(folder, 'kind.yaml')]
      },
      /kind\.yaml seed is "1\.5"; expected a whole number, from 0$/,
    ],
    [
      'a file of prompts that is not there',
      1,
      () => ['--model', model, '--dataset', chats, '-o', join(folder, 'x'), '--prompts', 'none.jsonl'],
      /^lossline: none\.jsonl does not exist\. Check the path\.$/,
    ],
    [
      'a model whose config.json is no JSON',
      2,
      () => {
        const broken = join(folder, 'broken')
        cpSync(model, broken, { recursive: true })
        writeFileSync(join(broken, 'config.json'), '{')
        return ['--model', broken, '--dataset', chats, '-o', join(folder, 'x')]
      },
      /broken.config\.json holds no JSON\. Name the folder of a model\.$/,
    ],
    [
      'options of an adapter that there is already',
      2,
      () => ['--model', model, '--dataset', chats, '-o', 'x', '--adapter', damaged, '--lora-r', '4'],
      /^lossline: --lora-r does not go with an adapter that there is already\. Leave it out, or leave --adapter out\.$/,
    ],
    [
      'a folder that is no adapter',
      1,
      () => {
        mkdirSync(damaged, { recursive: true })
        return ['--model', model, '--dataset', chats, '-o', join(folder, 'x'), '--adapter', damaged]
      },
      /damaged.adapter_config\.json is no adapter\. Name the folder of an adapter/,
    ],
    [
      'weights that hold NaN',
      1,
      () => {
        const broken = join(folder, 'nan')
        cpSync(model, broken, { recursive: true })
        const file = join(broken, 'model.safetensors')
        const bytes = readFileSync(file)
        // Of bfloat16, at the end of the file.
        bytes.writeUInt16LE(0x7fc0, bytes.length - 2)
        writeFileSync(file, bytes)
        return ['--model', broken, '--dataset', chats, '-o', join(folder, 'y'), '--max-steps', '2']
      },
      /nan.model\.safetensors model\.\S+ holds NaN or infinity \(1 of its [\d,]+ numbers\): no loss can be computed\. Copy or download it again, or train another model\.$/,
    ],
    [
      'a prepared folder beside another input',
      1,
      () => {
        const prepared = join(folder, 'prepared')
        mkdirSync(prepared, { recursive: true })
        writeFileSync(join(prepared, 'lossline.json'), '{}')
        return ['--model', model, '--dataset', chats, '--dataset', prepared, '-o', join(folder, 'x')]
      },
      /prepared is prepared, and is not joined with other inputs\. Name it alone, or prepare all of them together: lossline prepare A B -o FOLDER\.$/,
    ],
    ...(['--dataset', '--eval-dataset'] as const).map((option): (typeof mistakes)[number] => [
      `a prepared folder of another tokenizer as ${option}`,
      2,
      () => {
        const inputs = option === '--dataset' ? [option, foreign] : ['--dataset', chats, option, foreign]
        return ['--model', model, ...inputs, '-o', join(folder, 'x'), '--eval-strategy=no']
      },
      /tokenizer\.json is another tokenizer than the one that .*foreign was prepared with\. Name that one, or prepare the rows anew/,
    ]),
    [
      'layers for an adapter that there are not',
      1,
      () => {
        const targets = ['--use-peft', '--lora-target-modules', 'q,k']
        return ['--model', model, '--dataset', chats, '-o', join(folder, 'x'), ...targets]
      },
      /no module of the model is adapted with target_modules \["q","k"\]; its linear ones are q_proj, /,
    ],
    [
      'the name of an option of TRL’s that there is not',
      2,
      () => ['--model', model, '--dataset', chats, '-o', join(folder, 'x'), '--eos_token', '<|im_end|>'],
      /--eos-token is not here\. Leave it out: the tokenizer folder says it\.$/,
    ],
    [
      'an option given twice',
      2,
      () => ['--model', model, '--model', model, '--dataset', chats, '-o', join(folder, 'x')],
      /--model is given twice\. Give it once\.$/,
    ],
    [
      'every token on purpose',
      1,
      () => [
        ...['--model', model, '--dataset', chats, '-o', join(folder, 'x')],
        ...['--assistant_only_loss', 'False', '--truncation-mode', 'keep_start'],
      ],
      /The mask all \(TRL: assistant_only_loss.*asks for every token\. .*--allow-findings bos-trained,trained-prompt-token goes on as it is\.$/,
    ],
    [
      'a folder with the checkpoints of a run before',
      1,
      () => ['--model', model, '--dataset', chats, '-o', join(folder, 'whole'), '--max-steps', '1'],
      /whole holds checkpoints of an earlier run\. Go on with --resume, or name another --output\.$/,
    ],
  ]
  for (const [name, code, args, line] of mistakes) {
    test(name, async () => {
      const called = await runCli(['train', ...args()])
      const told = called.stderr
        .trimEnd()
        .split('\n')
        .filter(text => !text.includes('holds rows'))
      assert.equal(called.stdout, '')
      assert.equal(told.length, 1, called.stderr)
      assert.match(told[0]!, line)
      assert.equal(called.code, code)
    })
  }
})

test('none leaves an option without a value, and --no-… says false, as transformers’ parser has it', async () => {
  const output = join(folder, 'switches')
  const args = [
    '--max-length',
    'none',
    '--no_gradient_checkpointing',
    '--max-steps',
    '1',
    '--eval-steps',
    '1',
  ]
  const { code, stderr } = await train('switches', ...args, '--eval-dataset', chats)
  assert.equal(code, 0, stderr)
  assert.match(stderr, /step 1, .*evaluation loss/)
  const file = join(output, 'checkpoint-1', 'training_args.json')
  const saved = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
  assert.deepEqual([saved['max_length'] ?? null, saved['gradient_checkpointing']], [null, false])
})

test('takes a list as words one after the other, as transformers’ parser does', async () => {
  const { code, stdout, stderr } = await train(
    'words',
    ...['--use_peft', '--lora_target_modules', 'q_proj', 'v_proj', '--max_steps', '1', '--report_to', 'none'],
    ...['--gradient_checkpointing_kwargs', '{"use_reentrant": false}'],
  )
  assert.equal(code, 0, stderr)
  const file = join(folder, 'words', 'adapter_config.json')
  const { target_modules } = JSON.parse(readFileSync(file, 'utf8')) as { target_modules: string[] }
  assert.deepEqual(target_modules, ['q_proj', 'v_proj'])
  assert.match(
    stderr,
    /gradient_checkpointing_kwargs has no effect: there is one way to compute layers a second time\./,
  )
  assert.match(stdout, /on average \(there were fewer steps than --logging-steps, so none was logged\)/)
})

test('generate tells what cut an answer, and that a model without a template only goes on with the text', async () => {
  const bare = makeModelFolder(false)
  for (const name of ['config.json', 'model.safetensors']) cpSync(join(model, name), join(bare, name))
  const ask = (...args: readonly string[]): Promise<CliResult> =>
    runCli(['generate', '--prompt', 'Of snow?', '--max-new-tokens', ...args])
  const short = await ask('1', '--model', model)
  assert.match(short.stderr, /^lossline: did not end: cut at 1 token \(--max-new-tokens allows more\), /)
  const long = await ask('1000', '--model', bare)
  const [, count, prompt] =
    /cut at (\d+) tokens \(the model has 128 positions, and the prompt takes (\d+)\)/.exec(long.stderr) ?? []
  assert.equal(Number(count) + Number(prompt), 128, long.stderr)
  assert.match(
    long.stderr,
    /has no chat template: the prompt is a text to go on with, not a user’s message\./,
  )
})

test('joins several datasets, from flags and from a config file', async () => {
  const more = writeRows(folder, 'more.jsonl', [
    {
      messages: [
        { role: 'user', content: 'Of ink?' },
        { role: 'assistant', content: 'Blue.' },
      ],
    },
  ])
  const examplesOf = async (name: string, ...args: readonly string[]): Promise<unknown> => {
    const options = ['--max-steps', '1', '--report-to', 'none', '--per-device-train-batch-size', '1']
    const { code, stderr } = await runCli([
      'train',
      '--model',
      model,
      '-o',
      join(folder, name),
      ...options,
      ...args,
    ])
    assert.equal(code, 0, stderr)
    const state = join(folder, name, 'checkpoint-1', 'trainer_state.json')
    const { epoch } = JSON.parse(readFileSync(state, 'utf8')) as { epoch: number }
    return Math.round(1 / epoch)
  }
  assert.equal(await examplesOf('one', '--dataset', chats), 12)
  assert.equal(await examplesOf('joined', '--dataset', chats, '--dataset', more), 13)
  const config = join(folder, 'joined.yaml')
  writeFileSync(config, `dataset_name: [${chats}, ${more}]\n`)
  assert.equal(await examplesOf('listed', '--config', config), 13)
})

test('tells what of the rows is not trained on', async () => {
  const { code, stderr } = await train(
    'short',
    '--max-length',
    '12',
    '--max-steps',
    '1',
    '--report-to',
    'none',
  )
  if (code === 0)
    assert.match(stderr, /^lossline: \d+ of 12 examples have more than 12 tokens \(max_length\): /m)
  else assert.match(stderr, /holds no example with a trained token/)
})

test('writes files that the next training can write over, whatever those of the base are', {
  skip: process.platform === 'win32',
}, async () => {
  chmodSync(join(model, 'tokenizer.json'), 0o444)
  const { code, stderr } = await train('writable', '--max-steps', '1', '--report-to', 'none')
  chmodSync(join(model, 'tokenizer.json'), 0o644)
  assert.equal(code, 0, stderr)
  assert.ok((statSync(join(folder, 'writable', 'tokenizer.json')).mode & 0o200) !== 0)
})

test('says the command that installs ONNX Runtime, where that is not there', async () => {
  const hide = join(folder, 'hide.mjs')
  const hook =
    'export async function resolve(name, context, next) { if (name === "onnxruntime-node") throw new Error("not there"); return next(name, context) }'
  const url = `data:text/javascript,${encodeURIComponent(hook)}`
  writeFileSync(hide, `import { register } from 'node:module'\nregister(${JSON.stringify(url)})\n`)
  const args = ['generate', '--model', model, '--prompt', 'Of snow?']
  const { code, stderr } = await runCli(args, { env: { NODE_OPTIONS: `--import ${hide}` } })
  assert.match(stderr, /^lossline: .*onnxruntime-node.*Run: npm install onnxruntime-node/)
  assert.equal(stderr.trimEnd().split('\n').length, 1, stderr)
  assert.equal(code, 1)
})

test('lists TRL’s options in the help, with their defaults', async () => {
  const { stdout } = await runCli(['train', '--help'])
  assert.match(stdout, /--lora-r <N> +rank of the adapter \(default: 16\)/)
  assert.match(stdout, /--learning-rate <X> +at its highest \(default: 0\.00002\)/)
  assert.match(stdout, /--packing \[true\|false\]/)
  assert.ok(
    stdout.split('\n').every(line => line.length <= 80 || line.startsWith('Example: ')),
    stdout,
  )
  assert.doesNotMatch(stdout, /preset|--compare|eos-token/)
})

test('goes on with the time that the begun run wrote into its examples', async () => {
  const template = join(folder, 'clock.jinja')
  writeFileSync(template, `{{ strftime_now('%H:%M:%S') }}${CHATML}`)
  const options = [
    '--chat-template',
    template,
    '--save-steps',
    '2',
    '--report-to',
    'none',
    '--max-length',
    '64',
  ]
  const begun = await train('clock', '--max-steps', '2', ...options)
  assert.equal(begun.code, 0, begun.stderr)
  const resumed = await train('clock', '--max-steps', '4', '--resume', ...options)
  assert.equal(resumed.code, 0, resumed.stderr)
  assert.ok(existsSync(join(folder, 'clock', 'checkpoint-4')))
  const other = await train(
    'clock',
    '--max-steps',
    '6',
    '--resume',
    '--now',
    '2026-01-01T12:34:56',
    ...options,
  )
  assert.match(other.stderr, /was trained on other examples/)
})
