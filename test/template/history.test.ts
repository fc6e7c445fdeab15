/** What a rendering tells of its first messages is what rendering those gives, on every template of ../shared/templates. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { ChatTemplate, type Rendered, type RenderOptions, TemplateError } from '../../src/template/index.ts'
import { makeConversation } from '../mask/conversations.ts'

const TEMPLATES = '../shared/templates'
const CONVERSATIONS = 24
const variables = { bos_token: '<s>', eos_token: '</s>' }
const now = new Date(2026, 0, 15, 9, 30)

const names = existsSync(TEMPLATES) ? readdirSync(TEMPLATES).filter(name => name.endsWith('.jinja')) : []

test('matches the first messages as rendering them does, for every published template', t => {
  if (names.length === 0) return t.skip('../shared/templates is not here')
  let told = 0
  for (const name of names) {
    const template = ChatTemplate.compile(readFileSync(`${TEMPLATES}/${name}`, 'utf8'), { name })
    for (let seed = 1; seed <= CONVERSATIONS; seed++)
      told += checkHistories(template, makeConversation(seed), `${name}, seed ${seed}`)
  }
  t.diagnostic(`${told} histories`)
})

/** @returns how many histories were compared */
function checkHistories(
  template: ChatTemplate,
  input: ReturnType<typeof makeConversation>,
  what: string,
): number {
  const whole = orError(() => template.render(input, { variables, now }))
  if (!('text' in whole)) return 0
  let compared = 0
  for (let count = 0; count < input.messages.length; count++) {
    const first = { ...input, messages: input.messages.slice(0, count) }
    for (const addGenerationPrompt of [true, false]) {
      const options: RenderOptions = { variables, now, addGenerationPrompt }
      const found: unknown = orError(() => template.matchFirst(whole as Rendered, input, count, options))
      assert.deepEqual(
        found,
        orError(() => template.match(whole.text, first, options)),
        `${what}, ${count} messages`,
      )
      compared++
    }
  }
  return compared
}

function orError<T>(work: () => T): T | { readonly error: string } {
  try {
    return work()
  } catch (error) {
    if (error instanceof TemplateError) return { error: error.message }
    throw error
  }
}
