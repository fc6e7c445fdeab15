"""Reads {tokenizer, template, messages, tools?, variables} from stdin, one JSON object a line; writes what transformers makes of each:
{text, ids, mask} or {error}. The mask is return_assistant_tokens_mask's."""
import json
import sys

from tokenizers import Tokenizer
from transformers import PreTrainedTokenizerFast

tokenizers = {}

for line in sys.stdin:
    case = json.loads(line)
    key = case["tokenizer"]
    if key not in tokenizers:
        tokenizers[key] = PreTrainedTokenizerFast(
            tokenizer_object=Tokenizer.from_str(key), bos_token="<s>", eos_token="</s>", pad_token="<pad>", unk_token="<unk>"
        )
    tokenizer = tokenizers[key]
    tokenizer.chat_template = case["template"]
    try:
        options = {"tools": case.get("tools"), **case.get("variables", {})}
        text = tokenizer.apply_chat_template(case["messages"], tokenize=False, **options)
        out = tokenizer.apply_chat_template(
            case["messages"], tokenize=True, return_dict=True, return_assistant_tokens_mask=True, **options
        )
        print(json.dumps({"text": text, "ids": list(out["input_ids"]), "mask": list(out["assistant_masks"])}), flush=True)
    except Exception as error:
        print(json.dumps({"error": f"{type(error).__name__}: {error}"[:300]}), flush=True)
