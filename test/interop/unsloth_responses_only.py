"""Asks Unsloth's own train_on_responses_only: reads a case a line from stdin, writes its labels, or {"error"}, for each.

A case is {"tokenizer" (a tokenizer.json), "instruction_part", "response_part", "bos_id", "eos_id", "last_response_only", "rows"}.
The package itself wants a GPU when it is imported, the one file with the function doesn't.
"""

import importlib.util
import json
import sys
from pathlib import Path

from tokenizers import Tokenizer
from transformers import PreTrainedTokenizerFast

package = Path(importlib.util.find_spec("unsloth_zoo").submodule_search_locations[0])
spec = importlib.util.spec_from_file_location("dataset_utils", package / "dataset_utils.py")
dataset_utils = importlib.util.module_from_spec(spec)
spec.loader.exec_module(dataset_utils)

tokenizers = {}


def make_tokenizer(case):
    key = (case["tokenizer"], case["bos_id"], case["eos_id"])
    if key not in tokenizers:
        tokenizer = PreTrainedTokenizerFast(tokenizer_object=Tokenizer.from_str(case["tokenizer"]))
        for name in ("bos", "eos"):
            token_id = case[f"{name}_id"]
            if token_id is not None:
                setattr(tokenizer, f"{name}_token", tokenizer.convert_ids_to_tokens(token_id))
        tokenizers[key] = tokenizer
    return tokenizers[key]


for line in sys.stdin:
    case = json.loads(line)
    try:
        label = dataset_utils.train_on_responses_only(
            None,
            instruction_part=case["instruction_part"],
            response_part=case["response_part"],
            tokenizer=make_tokenizer(case),
            return_function=True,
            last_response_only=case["last_response_only"],
        )
        print(json.dumps(label({"input_ids": case["rows"]})["labels"]), flush=True)
    except ValueError as error:
        print(json.dumps({"error": str(error)[:300]}), flush=True)
