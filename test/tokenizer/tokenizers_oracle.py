"""What the Python package `tokenizers` makes of texts and ids, with a tokenizer.json for each line.

Reads {"json", "texts", "ids"} a line, writes {"texts": [...], "decoded": [...]} or {"refused": message}. An entry is null where the
package panics.
"""

import json
import os
import sys

from tokenizers import Tokenizer

# Panics are told to whoever listens, at length.
os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def attempt(function):
    try:
        return function()
    except BaseException:  # pyo3's PanicException is no Exception
        return None


def encode(tokenizer, text):
    answers = []
    for add_special_tokens in (False, True):
        encoding = tokenizer.encode(text, add_special_tokens=add_special_tokens)
        answers.append([[i, *offsets] for i, offsets in zip(encoding.ids, encoding.offsets)])
    return answers


def is_ambiguous(tokens, normalizer):
    """Whether added tokens are nothing once normalized, or the same: chance then decides what the package finds."""
    contents = [token["content"] for token in tokens if token["normalized"]]
    forms = [normalizer.normalize_str(content) if normalizer else content for content in contents]
    return "" in forms or len(set(forms)) < len(forms)


def answer(case):
    try:
        tokenizer = Tokenizer.from_str(json.dumps(case["json"]))
    except BaseException as error:
        return {"refused": str(error)}
    if is_ambiguous(case["json"]["added_tokens"], tokenizer.normalizer):
        return {"refused": "ambiguous"}
    return {
        "texts": [attempt(lambda: encode(tokenizer, text)) for text in case["texts"]],
        "decoded": [
            attempt(lambda: tokenizer.decode(case["ids"], skip_special_tokens=skip)) for skip in (False, True)
        ],
    }


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
