import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeError, LosslineError } from '../error.ts'
import type { Json } from '../json/index.ts'
import { parseRow } from './index.ts'

function failure(row: Json): string {
  try {
    parseRow(row)
  } catch (error) {
    assert(error instanceof LosslineError, String(error))
    return describeError(error, 'flag')
  }
  throw new Error(`no error for ${JSON.stringify(row)}`)
}

const user = { role: 'user', content: 'Hi' }
const assistant = { role: 'assistant', content: 'Hello.' }
/** A row whose second message is this one. */
const withMessage = (message: Json): Json => ({ messages: [user, message] })

test('has one line for each thing that is wrong with a row', () => {
  const call = (fn: Json): Json =>
    withMessage({ role: 'assistant', content: null, tool_calls: [{ function: fn }] })
  const weighed = (extra: Record<string, Json>): Json => withMessage({ ...assistant, ...extra })
  const from = (...conversations: Json[]): Json => ({ conversations })
  const lines: readonly (readonly [Json, string])[] = [
    [[user], 'the row is a list; expected an object. Write each row as {"messages": […]}.'],
    [null, 'the row is null; expected an object. Write each row as {"messages": […]}.'],
    [
      { question: 'a', answer: 'b' },
      'the row has the columns "question", "answer"; expected one of: prompt + completion; messages; conversations; instruction + output; text. Rename the columns.',
    ],
    [
      { data: [{ messages: [user] }] },
      'the row has the columns "data"; expected one of: prompt + completion; messages; conversations; instruction + output; text. If "data" holds the rows, write that list as the file.',
    ],
    [
      { input_ids: [1, 2] },
      'the row has the columns "input_ids"; expected one of: prompt + completion; messages; conversations; instruction + output; text. Rows of token ids are not read: give the text or the messages.',
    ],
    [
      { messages: [] },
      'messages is an empty list; a conversation has at least one message. Leave the row out, or give it messages.',
    ],
    [{ messages: 'Hi' }, 'messages is "Hi"; expected a list of messages. Write the messages as a list.'],
    [{ messages: null }, 'messages is null; expected a list of messages. Write the messages as a list.'],
    [
      withMessage('Hi'),
      'messages[1] is "Hi"; expected an object with role and content. Write each message as an object.',
    ],
    [
      withMessage({ role: 'robot', content: 'Beep' }),
      'messages[1].role is "robot"; expected system, developer, user, assistant or tool. Map it to one of them with --role-map.',
    ],
    [
      withMessage({ content: 'Hi' }),
      'messages[1].role is missing; expected system, developer, user, assistant or tool. Say who speaks.',
    ],
    [
      withMessage({ role: null, content: 'Hi' }),
      'messages[1].role is null; expected system, developer, user, assistant or tool. Say who speaks.',
    ],
    [
      withMessage({ role: 'constructor', content: 'Hi' }),
      'messages[1].role is "constructor"; expected system, developer, user, assistant or tool. Map it to one of them with --role-map.',
    ],
    [
      from({ from: 'narrator', value: 'Once' }),
      'conversations[0].from is "narrator"; expected system, developer, user, assistant, tool, human, gpt, observation or function_call. Map it to one of them with --role-map.',
    ],
    [
      withMessage({ role: 'assistant', content: null }),
      'messages[1].content is null; only an assistant message with tool calls may do without. Write "" for an empty message.',
    ],
    [
      withMessage({ role: 'user' }),
      'messages[1].content is missing; only an assistant message with tool calls may do without. Write "" for an empty message.',
    ],
    [
      from({ from: 'gpt' }),
      'conversations[0].value is missing; only an assistant message with tool calls may do without. Write "" for an empty message.',
    ],
    [
      withMessage({ role: 'user', content: 7 }),
      'messages[1].content is the number 7; expected a string or a list of parts. Write the text as a string.',
    ],
    [
      withMessage({ role: 'user', content: { text: 'Hi' } }),
      'messages[1].content is an object; expected a string or a list of parts. Write the text as a string.',
    ],
    [
      withMessage({ role: 'user', content: ['Hi'] }),
      'messages[1].content[0] is "Hi"; expected a part with a type. Write {"type": "text", "text": …}, or the content as one string.',
    ],
    [
      withMessage({ role: 'user', content: [{ type: 'hologram' }] }),
      'messages[1].content[0].type is "hologram"; expected text, image, image_url, video, video_url, audio, audio_url, input_audio, file, document, refusal or thinking. Write {"type": "text", "text": …}, or the content as one string.',
    ],
    [
      withMessage({ role: 'user', content: [{ type: 'text' }] }),
      'messages[1].content[0].text is missing; expected a string. Write {"type": "text", "text": …}, or the content as one string.',
    ],
    [
      withMessage({ role: 'user', content: [{ type: 'image_url', value: 'x' }] }),
      'messages[1].content[0].type is "image_url"; expected reasoning, text or tool_call. Write {"type": "text", "value": …}.',
    ],
    [
      withMessage({ ...assistant, tool_calls: {} }),
      'messages[1].tool_calls is an object; expected a list of calls. Write {"type": "function", "function": {"name": …, "arguments": {…}}}.',
    ],
    [
      withMessage({ ...assistant, tool_calls: ['f'] }),
      'messages[1].tool_calls[0] is "f"; expected an object. Write {"type": "function", "function": {"name": …, "arguments": {…}}}.',
    ],
    [
      call({ arguments: {} }),
      "messages[1].tool_calls[0].function.name is missing; expected the function's name. Name the function that the call is for.",
    ],
    [
      call({ name: 'f', arguments: [1] }),
      'messages[1].tool_calls[0].function.arguments is a list; expected an object or a JSON string of one. Write {} for a call without arguments.',
    ],
    [
      from({ from: 'function_call', value: '{"name": ' }),
      'conversations[0].value is "{\\"name\\": ", which is not JSON (character 9: expected a value, the text ends). Write {"name": …, "arguments": {…}} or a list of those.',
    ],
    [
      from({ from: 'function_call', value: '{"arguments": {}}' }),
      "conversations[0].value.name is missing; expected the function's name. Name the function that the call is for.",
    ],
    [
      weighed({ weight: 'heavy' }),
      'messages[1].weight is "heavy"; expected true, false or a number from 0. Write 0 to leave the message out of the loss, 1 to train it.',
    ],
    [
      weighed({ loss_weight: -1 }),
      'messages[1].loss_weight is the number -1; expected true, false or a number from 0. Write 0 to leave the message out of the loss, 1 to train it.',
    ],
    [
      weighed({ weight: 0, train: true }),
      'messages[1].train has the weight 1, but weight says 0. Keep one of the two.',
    ],
    [
      weighed({ training_detail: [{ begin_offset: 0, end_offset: 6, train: true }] }),
      'messages[1].training_detail[0].end_offset is the number 6; expected 0 to 5. Offsets count characters of the content from 0; the end is the last one inside.',
    ],
    [
      weighed({ training_detail: [{ begin_offset: 3, end_offset: 2, train: true }] }),
      'messages[1].training_detail[0].end_offset is 2, before begin_offset 3. The end is the last character inside the range.',
    ],
    [
      weighed({ training_detail: [{ begin_offset: 0, end_offset: 2 }] }),
      'messages[1].training_detail[0].train is missing; expected true or false. Write a list of {"begin_offset", "end_offset", "train"}, as Axolotl has it.',
    ],
    [
      { messages: [user], tools: '[{' },
      'tools is "[{", which is not JSON (character 2: expected a key in double quotes, the text ends). Write a list of tools, or leave the column out.',
    ],
    [
      { messages: [user], tools: '{}' },
      'tools holds an object; expected a list. Write a list of tools, or leave the column out.',
    ],
    [
      { messages: [user], tools: ['f'] },
      'tools[0] is "f"; expected an object. Write a list of tools, or leave the column out.',
    ],
    [
      { messages: [user], chat_template_kwargs: [] },
      'chat_template_kwargs is an empty list; expected an object. Write {"enable_thinking": false} and the like.',
    ],
    [
      { prompt: 'a', completion: [assistant] },
      'completion is a list, and the prompt is "a"; expected two strings or two lists. Write both the same way.',
    ],
    [
      { prompt: 'a' },
      'completion is missing; expected a string or a list of messages. Give each row a prompt and a completion.',
    ],
    [
      { prompt: [user], completion: [] },
      'completion is an empty list; a conversation has at least one message. Leave the row out, or give it messages.',
    ],
    [
      { dialog: [{ speaker: 'user', text: 'Hi' }] },
      'the row has the columns "dialog"; expected one of: prompt + completion; messages; conversations; instruction + output; text. If "dialog" holds the messages, name it with --column-map dialog=messages,dialog.speaker=role,dialog.text=content.',
    ],
    [
      { dialog: [user, assistant] },
      'the row has the columns "dialog"; expected one of: prompt + completion; messages; conversations; instruction + output; text. If "dialog" holds the messages, name it with --column-map dialog=messages.',
    ],
    [
      { prompt: 'a', chosen: 'b', rejected: 'c' },
      'the row has the columns "prompt", "chosen", "rejected"; expected one of: prompt + completion; messages; conversations; instruction + output; text. These are preferences, for DPO and not for SFT. Train on the chosen ones with --column-map chosen=completion.',
    ],
    [
      { chosen: [user, assistant], rejected: [user, assistant] },
      'the row has the columns "chosen", "rejected"; expected one of: prompt + completion; messages; conversations; instruction + output; text. These are preferences, for DPO and not for SFT. Train on the chosen ones with --column-map chosen=messages.',
    ],
    [
      withMessage({ role: 'usr', content: 'Hi' }),
      'messages[1].role is "usr"; expected system, developer, user, assistant or tool. Did you mean user? Correct it, or map it with --role-map usr=user.',
    ],
    [
      withMessage({ role: 'gpt', content: 'Hi' }),
      'messages[1].role is "gpt"; expected system, developer, user, assistant or tool. Did you mean assistant? Correct it, or map it with --role-map gpt=assistant.',
    ],
    [{ text: 7 }, 'text is the number 7; expected a string. Write the text as a string.'],
    [{ instruction: 'a', output: null }, 'output is null; expected a string. Write the text as a string.'],
    [
      { instruction: 'a', output: 'b', history: [['c']] },
      'history[0] is a list; expected two strings. Write a list of [question, answer].',
    ],
  ]
  for (const [row, line] of lines) assert.equal(failure(row), line)
})
