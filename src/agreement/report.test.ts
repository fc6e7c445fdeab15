import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { makeTokenizer } from '../../test/mask/tokenizer.ts'
import type { ModelConfigs } from '../model-folder/index.ts'
import { ChatTemplate } from '../template/index.ts'
import { type ModelReport, makeStandIn, reportModel, type TemplateReport, toModelJson } from './index.ts'

const NO_CONFIGS: ModelConfigs = { generation: undefined, model: undefined, unusedTemplates: [] }
const PROMPT = "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
const TURN = "{{ '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>\\n' }}"
const CHATML = `{% for m in messages %}${TURN}{% endfor %}${PROMPT}`

/** ChatML that writes tools, calls and reasoning, and forgets the reasoning of earlier answers. */
const THINKING =
  "{%- if tools %}{{- '<|im_start|>system\\n' + (tools | tojson) + '<|im_end|>\\n' }}{% endif %}" +
  "{%- for m in messages %}{{- '<|im_start|>' + m.role + '\\n' }}" +
  "{%- if m.reasoning_content and loop.last %}{{- '<think>\\n' + m.reasoning_content + '\\n</think>\\n\\n' }}{% endif %}" +
  '{{- m.content }}' +
  "{%- for c in m.tool_calls or [] %}{{- '<tool_call>' + (c.function | tojson) + '</tool_call>' }}{% endfor %}" +
  "{{- '<|im_end|>\\n' }}{% endfor %}" +
  "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}" +
  "{%- if thinking == 'off' %}{{- '<think>\\n\\n</think>\\n\\n' }}{% endif %}{% endif %}"

interface Given {
  readonly template?: string
  readonly templates?: readonly { name: string; source: string }[]
  readonly eos?: string
  readonly configs?: (idOf: (token: string) => number) => Partial<ModelConfigs>
}

async function report({
  template = CHATML,
  templates,
  eos = '<|im_end|>',
  configs,
}: Given): Promise<ModelReport> {
  const named = templates ?? [{ name: 'default', source: template }]
  const tokenizer = await makeTokenizer(named.map(({ source }) => source).join(''), [
    '<|im_start|>',
    '<|im_end|>',
  ])
  const idOf = (token: string): number => tokenizer.tokenToId(token)!
  const context = {
    tokenizer,
    templates: named.map(({ source, name }) => ChatTemplate.compile(source, { name })),
    specialTokens: { eos_token: eos },
    stopIds: new Set([idOf(eos)]),
  }
  return reportModel({
    context,
    templates: named.map(item => ({ ...item, file: 'chat_template.jinja' })),
    configs: { ...NO_CONFIGS, ...configs?.(idOf) },
    hasTokenizer: true,
    where: file => file,
  })
}

/** Without a tokenizer. */
function reportText(source: string): ModelReport {
  return reportModel({
    context: makeStandIn([ChatTemplate.compile(source)]),
    templates: [{ name: 'default', source, file: 'x.jinja' }],
    configs: NO_CONFIGS,
    hasTokenizer: false,
    where: file => file,
  })
}

const first = ({ templates }: ModelReport): TemplateReport => templates[0]!

/** `name: prompt ⟦answer⟧`, or the refusal. */
const lines = (turns: TemplateReport['turns']): string[] =>
  turns.map(turn =>
    'refused' in turn
      ? `${turn.name}: refused, ${turn.refused}`
      : `${turn.name}: ${turn.prompt.text}⟦${turn.answer.map(({ text }) => text).join('')}⟧`,
  )

const rules = ({ lint }: ModelReport): string[] =>
  lint.groups.map(({ severity, rule }) => `${severity} ${rule.name}`)

describe('what a model is asked and has to write', () => {
  test('the generation prompt with its ids, the answer, and the token that ends it', async () => {
    const { turns } = first(await report({}))
    assert.deepEqual(lines(turns), [
      'an answer: <|im_start|>assistant\n⟦It is green.<|im_end|>⟧',
      'with a system message: <|im_start|>assistant\n⟦It is green.<|im_end|>⟧',
    ])
    const [turn] = turns
    assert.ok(turn !== undefined && 'prompt' in turn)
    assert.equal(turn.prompt.by, 'added')
    assert.equal(turn.prompt.tokens.map(({ text }) => text).join(''), turn.prompt.text)
    assert.ok(turn.prompt.tokens.every(({ id }) => id !== undefined))
    assert.deepEqual([turn.end.text, turn.end.by, turn.startsWithPrompt], ['<|im_end|>', 'stop', true])
  })

  test('with tools, calls, results and reasoning, where the template writes them', async () => {
    const { turns, found } = first(await report({ template: THINKING }))
    const call = '<tool_call>{"name": "find_colour", "arguments": {"thing": "grass"}}</tool_call>'
    const prompt = '<|im_start|>assistant\n'
    assert.deepEqual(lines(turns), [
      `an answer: ${prompt}⟦It is green.<|im_end|>⟧`,
      `with reasoning: ${prompt}⟦<think>\nLeaves reflect green light.\n</think>\n\nIt is green.<|im_end|>⟧`,
      `with a system message: ${prompt}⟦It is green.<|im_end|>⟧`,
      `with tools: ${prompt}⟦It is green.<|im_end|>⟧`,
      `a tool call: ${prompt}⟦${call}<|im_end|>⟧`,
      `a call with reasoning: ${prompt}⟦<think>\nLeaves reflect green light.\n</think>\n\n${call}<|im_end|>⟧`,
      `after a tool result: ${prompt}⟦It is green.<|im_end|>⟧`,
    ])
    assert.deepEqual(found.shape.reasoning, { key: 'reasoning_content', inAnswers: true, inCalls: true })
  })

  test('a template without a generation prompt: what is written either way, or what who asks has to write', async () => {
    const always =
      "{% for m in messages %}{{ '[INST]' + m.content + '[/INST]' if m.role == 'user' else m.content + '<|im_end|>' }}{% endfor %}"
    const header = `{% for m in messages %}${TURN}{% endfor %}`
    const prompts = await Promise.all(
      [always, header].map(async template => {
        const [turn] = first(await report({ template })).turns
        assert.ok(turn !== undefined && 'prompt' in turn)
        return [turn.prompt.by, turn.prompt.text]
      }),
    )
    assert.deepEqual(prompts, [
      ['always', '[/INST]'],
      ['never', '<|im_start|>assistant\n'],
    ])
  })

  test('a prompt that opens what no answer has', async () => {
    const template = CHATML.replace("assistant\\n' }}{% endif", "assistant\\n<think>\\n' }}{% endif")
    const { turns } = first(await report({ template }))
    assert.ok('prompt' in turns[0]!)
    assert.equal(turns[0].startsWithPrompt, false)
  })

  test('says what a template refuses in its own words, and goes on', async () => {
    const template = `{% if messages[0].role == 'system' %}{{ raise_exception('No system here') }}{% endif %}${CHATML}`
    const { turns, found } = first(await report({ template }))
    assert.deepEqual(found.system, { refused: 'No system here' })
    assert.equal(turns.length, 1)
  })

  test('a system message that only the prompt has is gone from what is trained on', async () => {
    const template = `{% set last = messages | length - 1 %}{% for m in messages if m.role != 'system' %}{% if loop.last and m.role == 'user' and messages[0].role == 'system' %}{{ messages[0].content }}{% endif %}${TURN}{% endfor %}${PROMPT}`
    const lost = await report({ template })
    assert.equal(first(lost).found.system, 'prompt')
    const turn = first(lost).turns.find(({ name }) => name === 'with a system message')!
    assert.ok('prompt' in turn && !turn.startsWithPrompt)
    assert.ok(rules(lost).includes('error message-not-rendered'))
  })

  test('says that nothing can be tried of a template that writes no answer, or refuses one', async () => {
    const unwritten = await report({
      template: '{{ messages[0].content }}{% if add_generation_prompt %}x{% endif %}',
    })
    assert.deepEqual(rules(unwritten), ['error message-not-rendered'])
    const refused = await report({ template: "{{ raise_exception('Not a chat') }}" })
    assert.deepEqual(first(refused).found.unusable, { by: 'refused', reason: 'Not a chat' })
    assert.deepEqual(rules(refused), ['error template-refuses'])
  })

  test('writes calls as the template wants them', async () => {
    const join = THINKING.replace('(c.function | tojson)', 'c.function.name + c.function.arguments')
    assert.equal(first(await report({ template: join })).found.shape.calls?.arguments, 'json')
    const none = THINKING.replace(
      'm.tool_calls or []',
      '(m.tool_calls if m.content is none else []) or []',
    ).replace('{{- m.content }}', "{{- m.content or '' }}")
    assert.equal(first(await report({ template: none })).found.shape.calls?.content, null)
  })

  test('takes tool_use for conversations with tools, and default for the others', async () => {
    const templates = [
      { name: 'default', source: THINKING },
      { name: 'tool_use', source: THINKING },
    ]
    const [plain, tools] = (await report({ templates })).templates
    assert.ok(plain!.turns.every(({ name }) => !name.includes('tool')))
    assert.ok(tools!.turns.some(({ name }) => name === 'a tool call'))
    assert.deepEqual([plain!.leavesTools, tools!.needsTools], [true, true])
  })
})

describe('what stops it', () => {
  test('which files know the stop token', async () => {
    const { stops } = first(
      await report({
        configs: idOf => ({
          generation: { eos: [idOf('<|im_end|>'), 0], bos: [], pad: [] },
          model: { eos: [0], bos: [], pad: [], vocabSize: undefined },
        }),
      }),
    )
    assert.deepEqual(
      stops.map(({ text, by, knownBy }) => ({ text, by, ...knownBy })),
      [{ text: '<|im_end|>', by: 'stop', generation: true, model: false, tokenizer: true }],
    )
  })

  test('an end that only the next turn writes', async () => {
    const template =
      "{% for m in messages %}{{ '<|' + m.role + '|>' + m.content }}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
    const tokens = '<|user|> <|assistant|> <|system|>'
    const known = await report({ template: `{# ${tokens} #}${template}`, eos: '<|user|>' })
    assert.deepEqual(
      first(known).stops.map(({ text, by }) => [text, by]),
      [['<|user|>', 'next-turn']],
    )
    const unknown = await report({ template: `{# ${tokens} #}${template}` })
    assert.deepEqual(
      first(unknown).stops.map(({ by, next }) => [by, next]),
      [['content', '<|user|>']],
    )
  })

  test('an end that no file knows is an error', async () => {
    const bad = await report({ eos: '</s>' })
    assert.deepEqual(
      first(bad).stops.map(({ by, knownBy }) => [by, knownBy.tokenizer]),
      [['marker', false]],
    )
    assert.ok(rules(bad).includes('error stop-token-mismatch'))
  })
})

describe('variables of the template', () => {
  test('are found in the template, and told by what their values do', async () => {
    const { switches } = first(await report({ template: THINKING }))
    assert.deepEqual(
      switches.map(({ name, same, effects }) => ({
        name,
        same,
        values: effects.map(({ values }) => values),
      })),
      [{ name: 'thinking', same: [true, false], values: [['off']] }],
    )
    assert.equal(
      lines(switches[0]!.effects[0]!.turns)[0],
      'an answer: <|im_start|>assistant\n<think>\n\n</think>\n\n⟦It is green.<|im_end|>⟧',
    )
  })

  test('a text that is written out is no switch of true and false', async () => {
    const template = `{{ '<|im_start|>system\\nEffort: ' + (effort | default('low')) + '<|im_end|>\\n' }}{% if effort == 'high' %}{{ 'Think.' }}{% endif %}${CHATML}`
    const { switches } = first(await report({ template }))
    assert.deepEqual(
      switches.map(({ name, same, effects }) => [name, same, effects.map(({ values }) => values)]),
      [['effort', ['low'], [['high']]]],
    )
    const { was, is } = switches[0]!.effects[0]!.before!
    assert.match(was, /^Effort: low/)
    assert.match(is, /^Effort: high/)
  })

  test('a value of a kind that the template can’t use is left out, one that it refuses is told', async () => {
    const template = `{% if mode is defined and mode | length > 9 %}{{ raise_exception('too long') }}{% endif %}{% if mode == 'a very long mode' %}{% endif %}${CHATML}`
    const { switches } = first(await report({ template }))
    assert.deepEqual(
      switches.map(({ name, effects }) => [name, effects.map(({ values, refused }) => [values, refused])]),
      [['mode', [[['a very long mode'], 'too long']]]],
    )
  })
})

test('a template that writes the time is rendered at one moment', async () => {
  const template = `{{ strftime_now('%H:%M:%S.%f') }}${CHATML}`
  const { turns } = first(await report({ template }))
  assert.ok(turns.every(turn => 'prompt' in turn && turn.prompt.by === 'added' && turn.startsWithPrompt))
})

describe('history', () => {
  test('is told with the smallest conversation that shows it', async () => {
    const { rewritten } = first(await report({ template: THINKING }))
    assert.deepEqual(
      rewritten.map(({ probe, lost, isMoved }) => ({ probe, lost, isMoved })),
      [{ probe: 'two answers with reasoning', lost: ['reasoning'], isMoved: false }],
    )
    const { written, later, different } = rewritten[0]!
    assert.equal(
      written.slice(different.start, different.endA),
      '<think>\nLeaves reflect green light.\n</think>\n\n',
    )
    assert.equal(later, '<|im_start|>assistant\nIt is green.<|im_end|>\n')
  })

  test('is told where it stays', async () => {
    assert.deepEqual(first(await report({})).rewritten, [])
  })

  test('what moves to the last question stands before the first answer no more', async () => {
    const template =
      "{% for m in messages %}{% if m.role == 'user' and loop.index0 >= messages | length - 2 and tools %}{{ '[TOOLS]' + (tools | tojson) + '[/TOOLS]' }}{% endif %}" +
      `${TURN}{% endfor %}${PROMPT}`
    const { rewritten } = first(await report({ template }))
    assert.deepEqual(
      rewritten.map(({ probe, isMoved }) => [probe, isMoved]),
      [['tools', true]],
    )
  })
})

describe('other tools', () => {
  test('each is run on the same conversations, and its answers counted', async () => {
    const { tools, conversations } = first(await report({}))
    assert.equal(conversations, 4)
    const found = Object.fromEntries(
      tools.map(({ name, answers, whole, untold }) => [name, untold ?? [whole, answers]]),
    )
    assert.deepEqual(found, {
      'trl-completion-only': [4, 9],
      'trl-assistant-only': 'no marks',
      'trl-prompt-completion': [4, 4],
      unsloth: [9, 9],
      axolotl: [9, 9],
      llamafactory: [9, 9],
      transformers: 'no marks',
    })
  })

  test('one that refuses is told with its words', async () => {
    const template = CHATML.replace("assistant\\n' }}{% endif", "assistant\\n<think>\\n' }}{% endif")
    const tool = first(await report({ template })).tools.find(({ name }) => name === 'llamafactory')!
    // One conversation has `<think>` in its contents, as the prompt wants it.
    assert.equal(tool.refused!.probes, 3)
    assert.match(tool.refused!.reason, /LLaMA-Factory refuses it/)
  })
})

describe('files that contradict one another', () => {
  test('are told, each with the file', async () => {
    const bad = await report({
      configs: () => ({
        generation: { eos: [3], bos: [99_999], pad: [] },
        model: { eos: [], bos: [], pad: [], vocabSize: 100 },
        unusedTemplates: [{ name: 'default', source: 'x', file: 'tokenizer_config.json' }],
      }),
    })
    const found = bad.lint.groups.map(({ rule, examples }) => [rule.name, examples[0]!.where])
    assert.deepEqual(found.slice(0, 5).sort(), [
      ['id-out-of-vocabulary', 'chat_template.jinja'],
      ['stop-not-in-generation-config', 'generation_config.json'],
      ['templates-differ', 'tokenizer_config.json'],
      ['token-ids-differ', 'generation_config.json'],
      ['vocabulary-too-small', 'config.json'],
    ])
    const small = bad.lint.groups.find(({ rule }) => rule.name === 'vocabulary-too-small')
    assert.match(small!.examples[0]!.finding.text, /^The tokenizer has [\d,]+ tokens and the model 100: /)
  })

  test('are no findings where they agree', async () => {
    const good = await report({
      configs: idOf => ({
        generation: { eos: [idOf('<|im_end|>')], bos: [], pad: [] },
        model: { eos: [idOf('<|im_end|>')], bos: [], pad: [], vocabSize: 1000 },
        unusedTemplates: [{ name: 'default', source: `${CHATML}\n`, file: 'tokenizer_config.json' }],
      }),
    })
    assert.deepEqual(rules(good), ['info generation-marks-missing'])
  })
})

describe('without a tokenizer', () => {
  test('texts are told, and nothing of ids or of what stops generation', () => {
    const { hasTokenizer, templates, lint, files } = reportText(THINKING)
    assert.equal(hasTokenizer, false)
    const [turn] = templates[0]!.turns
    assert.ok(turn !== undefined && 'prompt' in turn)
    assert.equal(turn.prompt.text, '<|im_start|>assistant\n')
    assert.ok(turn.prompt.tokens.every(({ id }) => id === undefined))
    assert.deepEqual([turn.end.text, turn.end.by, turn.end.id], ['<|im_end|>', 'marker', undefined])
    assert.equal(files.vocabulary.tokenizer, undefined)
    assert.deepEqual(
      lint.groups.map(({ rule }) => rule.name),
      ['generation-marks-missing'],
    )
    const untold = templates[0]!.tools.filter(({ untold }) => untold === 'no tokenizer')
    assert.equal(untold.length, 5)
  })

  test('a special token that is written by its name stops generation, whichever it is', () => {
    const { templates } = reportText(CHATML.replace("'<|im_end|>\\n'", "eos_token + '\\n'"))
    assert.deepEqual(
      templates[0]!.stops.map(({ text, by, knownBy }) => [text, by, knownBy.tokenizer]),
      [['<eos_token>', 'stop', true]],
    )
  })
})

test('as JSON it has no undefined and no text that a person must parse', async () => {
  const json = toModelJson(await report({ template: THINKING }), 'x') as Record<string, unknown>
  assert.deepEqual(JSON.parse(JSON.stringify(json)), json)
  assert.deepEqual(Object.keys(json), ['model', 'tokenizer', 'files', 'templates', 'findings', 'not_run'])
})
