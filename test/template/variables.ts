// For tests: values of every type, for the language of templates.
import { type Json, parseJson } from '../../src/json/index.ts'

export const VARIABLES: Readonly<Record<string, Json>> = parseJson(`{
  "messages": [
    {"role": "user", "content": "Hé 😀 "},
    {"role": "assistant", "content": "Sure <b>", "tool_calls": [{"function": {"name": "f"}}]}
  ],
  "y": 5, "x": {"a": 1, "d": [1, 2], "s": "str"},
  "kids": [{"n": "a", "k": [{"n": "b", "k": []}, {"n": "c", "k": [{"n": "d", "k": []}]}]}],
  "s": "Hello World", "e": "", "n": null, "t": true, "f": false, "l": [3, 1, 2, 1], "ls": ["b", "A", "c", "a"],
  "d": {"k": "v", "z": 1, "A": [1, {"q": "r"}]}, "big": 123456789012345678901234567890, "neg": -7, "nested": [[1, 2], [3, 4]],
  "users": [{"name": "Bob", "age": 30, "c": {"d": "X"}}, {"name": "alice", "age": 25, "c": {"d": "y"}}, {"name": "Bob", "age": 20}],
  "call": {"arguments": {"a": 1, "b": 1.0, "c": true, "d": null, "e": [1, 2.5, "x"], "1": "one"}}
}`) as Readonly<Record<string, Json>>
