import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeTokenizerJson } from '../mask/tokenizer.ts'
import { makeFolder } from './run-cli.ts'

export const CHATML =
  "{{ bos_token }}{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\\n' + m['content'] + '<|im_end|>' + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"

/** The tokenizer learns the words of these. */
const SENTENCES = [
  'Answer in one word. What is the colour of grass? Green. And the colour of snow? White. And of coal? Black.',
  'system user assistant tool The grass is green, the snow is white and the coal is black.',
]
const MERGES = 180

/** A model folder in the system's temporary folder: a byte-level BPE tokenizer with the words of two sentences, ChatML, and a stop token. */
export function makeModelFolder(template: string | false = CHATML): string {
  const folder = makeFolder()
  const tokenizer = makeTokenizerJson(`${CHATML} <think> </think>`) as {
    pre_tokenizer: { use_regex: boolean }
    model: { vocab: Record<string, number>; merges: (readonly [string, string])[] }
    added_tokens: { id: number }[]
  }
  const merges = learnMerges(SENTENCES.join('\n'), MERGES)
  tokenizer.pre_tokenizer.use_regex = true
  tokenizer.model.merges = merges
  const { vocab } = tokenizer.model
  for (const [left, right] of merges) vocab[left + right] ??= Object.keys(vocab).length
  // Added tokens come after the vocabulary: that is the id that they get, whatever the file says.
  for (const [a, token] of tokenizer.added_tokens.entries()) token.id = Object.keys(vocab).length + a
  const write = (name: string, value: unknown): void =>
    writeFileSync(join(folder, name), JSON.stringify(value))
  write('tokenizer.json', tokenizer)
  write('tokenizer_config.json', { bos_token: '<s>', eos_token: '<|im_end|>', pad_token: '<pad>' })
  if (template !== false) writeFileSync(join(folder, 'chat_template.jinja'), template)
  return folder
}

/** Byte-pair encoding as it was described first: the most frequent pair becomes one symbol, again and again. ASCII only. */
function learnMerges(text: string, count: number): (readonly [string, string])[] {
  const words = (text.match(/ ?[A-Za-z]+/g) ?? []).map(word => [...word.replace(' ', 'Ġ')])
  const merges: (readonly [string, string])[] = []
  while (merges.length < count) {
    const pairs = new Map<string, number>()
    for (const word of words) {
      for (let s = 1; s < word.length; s++) {
        const pair = `${word[s - 1]} ${word[s]}`
        pairs.set(pair, (pairs.get(pair) ?? 0) + 1)
      }
    }
    const best = [...pairs].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))[0]
    if (best === undefined) break
    const [left, right] = best[0].split(' ') as [string, string]
    merges.push([left, right])
    for (const word of words) {
      for (let s = 1; s < word.length; s++) {
        if (word[s - 1] === left && word[s] === right) word.splice(s - 1, 2, left + right)
      }
    }
  }
  return merges
}
