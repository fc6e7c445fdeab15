import type { Command } from './command.ts'

const ROWS = ['row', 'rows', 'format', 'role_map'] as const

/** All commands, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  {
    name: 'demo',
    summary: 'what the completion-only collator trains of three answers, and how to train them all',
    takesFile: false,
    examples: ['lossline demo'],
    options: [],
    run: async (_, io) => (await import('./demo.ts')).runDemo(io),
  },
  {
    name: 'show',
    summary: 'each token of a chat dataset: whether it is trained, and why',
    takesFile: true,
    examples: [
      'lossline show chats.jsonl --tokenizer ./Qwen3-0.6B --row 0',
      'lossline show chats.jsonl --tokenizer ./Qwen3-0.6B --compare response-template,assistant \\\n' +
        "    --response-template '<|im_start|>assistant\\n'",
    ],
    options: [
      'tokenizer',
      'chat_template',
      'chat_template_kwargs',
      ...ROWS,
      'mask',
      'compare',
      'roles',
      'turns',
      'train_on_eot',
      'mask_sources',
      'unroll',
      'response_template',
      'instruction_template',
      'now',
      'json',
      'no_cache',
    ],
    details: async () => (await import('./strategies.ts')).listStrategies(),
    run: async (input, io) => (await import('./show.ts')).runShow(input, io),
  },
  {
    name: 'render',
    summary: 'the text that a chat template makes of each row',
    takesFile: true,
    examples: ['lossline render chats.jsonl --chat-template qwen3.jinja --tokenizer ./Qwen3-0.6B'],
    options: [
      'chat_template',
      'tokenizer',
      'chat_template_kwargs',
      ...ROWS,
      'add_generation_prompt',
      'continue_final_message',
      'now',
      'trace',
      'json',
    ],
    run: async (input, io) => (await import('./render.ts')).runRender(input, io),
  },
  {
    name: 'tokenize',
    summary: 'the ids of each row of text, with the range of each token',
    takesFile: true,
    examples: ['lossline tokenize texts.jsonl --tokenizer ./Qwen3-0.6B --json'],
    options: ['tokenizer', 'row', 'rows', 'no_special_tokens', 'json', 'no_cache'],
    run: async (input, io) => (await import('./tokenize.ts')).runTokenize(input, io),
  },
]
