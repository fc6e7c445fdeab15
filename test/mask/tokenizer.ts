import { Tokenizer } from '../../src/tokenizer/index.ts'

/**
 * A byte-level tokenizer without merges whose added tokens are the markers that a template writes: `<|im_end|>`, `<end_of_turn>`, `[/INST]`.
 * Every character is a token, so that a mask is seen to the character.
 */
export function makeTokenizer(templateSource: string, more: readonly string[] = []): Promise<Tokenizer> {
  return Tokenizer.fromJSON(makeTokenizerJson(templateSource, more))
}

/** The same as a tokenizer.json. */
export function makeTokenizerJson(templateSource: string, more: readonly string[] = []): object {
  const markers = new Set([...findMarkers(templateSource), '<s>', '</s>', '<pad>', '<unk>', ...more])
  const alphabet = byteAlphabet()
  const vocab = Object.fromEntries(alphabet.map((character, b) => [character, b]))
  const added = [...markers].map((content, a) => ({
    id: alphabet.length + a,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  }))
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: added,
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
    post_processor: null,
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab,
      merges: [],
    },
  }
}

/** What in a template's source looks like a control token. */
export function findMarkers(source: string): string[] {
  const found = source.match(
    /<[|｜][^<>|｜\s]{1,40}[|｜]>|<\|[a-z_"]+>|<[a-z_"]+\|>|<\/?(?:start|end)_of_\w+>|<\/s>|<\/?(?:think|tool_call|tool_response)>|\[\/?[A-Z_]{3,20}\]/g,
  )
  return [...new Set(found ?? [])]
}

/** GPT-2's names of the 256 bytes. */
function byteAlphabet(): string[] {
  let next = 256
  return Array.from({ length: 256 }, (_, b) => {
    const isPrintable = (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || b >= 174
    return String.fromCodePoint(isPrintable ? b : next++)
  })
}
