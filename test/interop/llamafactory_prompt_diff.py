"""What LLaMA-Factory's v1 labels by its prompt/full diff, written anew from what its source does: no release has it yet, and the newest on PyPI (0.9.5) labels
by another rule. Reads a case a line from stdin, writes a list with {"ids", "labels"} or {"error"} for each answer.

A case is {"tokenizer" (a tokenizer.json), "template", "messages", "tools"}. The source: src/llamafactory/v1/core/rendering/rendering.py with format.py on the
main branch of 2026.
"""

import json
import sys

from tokenizers import Tokenizer
from transformers import PreTrainedTokenizerFast


def to_plain(message):
    """Of a message no more than role, content, calls without ids and reasoning reaches the template."""
    plain = {"role": message["role"], "content": message.get("content") or ""}
    calls = [call["function"] for call in message.get("tool_calls") or []]
    if calls:
        plain["tool_calls"] = [
            {"type": "function", "function": {"name": call["name"], "arguments": call["arguments"]}} for call in calls
        ]
    if message.get("reasoning_content"):
        plain["reasoning_content"] = message["reasoning_content"]
    return plain


def label(tokenizer, messages, tools):
    """Both renderings are told whether the answer thinks; no special tokens are added to what the template writes."""
    thinks = bool(messages[-1].get("reasoning_content"))

    def encode(part, is_prompt):
        text = tokenizer.apply_chat_template(
            part, tools=tools, tokenize=False, add_generation_prompt=is_prompt, enable_thinking=thinks
        )
        return tokenizer(text, add_special_tokens=False)["input_ids"]

    whole, prompt = encode(messages, False), encode(messages[:-1], True)
    if whole[: len(prompt)] != prompt:
        return {"error": "no prefix"}
    return {"ids": whole, "labels": [-100] * len(prompt) + whole[len(prompt) :]}


def try_label(*given):
    try:
        return label(*given)
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"[:300]}


made = {}

for line in sys.stdin:
    case = json.loads(line)
    key = (case["tokenizer"], case["template"])
    if key not in made:
        made.clear()  # cases of one template follow each other
        names = {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}
        made[key] = PreTrainedTokenizerFast(tokenizer_object=Tokenizer.from_str(case["tokenizer"]), **names)
        made[key].chat_template = case["template"]
    messages = [to_plain(message) for message in case["messages"]]
    answers = [m for m, message in enumerate(messages) if message["role"] == "assistant"]
    print(json.dumps([try_label(made[key], messages[: m + 1], case.get("tools")) for m in answers]), flush=True)
