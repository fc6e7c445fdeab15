// Masks as a test: it fails where a template, a tokenizer or a version moves what is trained of chats.jsonl. The first run writes chats.jsonl.masks, which
// is committed beside it; LOSSLINE_UPDATE=1 writes it anew.
//
//   node --test               as it stands
//   vitest run                with: import { test } from 'vitest'
//   jest                      with NODE_OPTIONS=--experimental-vm-modules, and without the first import: Jest's test is global
import { test } from 'node:test'
import { assertMasks } from 'lossline/node'

test('what is trained of chats.jsonl', () =>
  assertMasks('chats.jsonl', { model: process.env.MODEL ?? './Qwen3-0.6B' }))
