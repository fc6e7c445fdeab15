"""What AutoTokenizer makes of model folders: reads {"folder", "texts"} a line, writes {"added": {content: [id, special]}, "ids": [...]}."""

import json
import os
import sys

os.environ["HF_HUB_OFFLINE"] = "1"
os.dup2(os.open(os.devnull, os.O_WRONLY), 2)

from transformers import AutoTokenizer  # noqa: E402

for line in sys.stdin:
    case = json.loads(line)
    tokenizer = AutoTokenizer.from_pretrained(case["folder"])
    added = {str(token): [i, token.special] for i, token in tokenizer.added_tokens_decoder.items()}
    print(json.dumps({"added": added, "ids": [tokenizer(text)["input_ids"] for text in case["texts"]]}), flush=True)
