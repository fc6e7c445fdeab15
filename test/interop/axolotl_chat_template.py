"""Asks Axolotl's own chat_template strategy: reads a case a line from stdin, writes {"ids", "labels"} or {"error"} for each.

A case is {"tokenizer" (a tokenizer.json), "template", "eos", "messages"}; the options are the defaults. The package wants a GPU's kernels when it is imported; its
strategy wants a logger and three names, which are given here.
"""

import importlib
import importlib.util
import json
import logging
import sys
import types
from pathlib import Path

import transformers  # before anything is put in place of its own imports
from tokenizers import Tokenizer

PACKAGE = Path(importlib.util.find_spec("axolotl").submodule_search_locations[0])


def put(name, path=None, **names):
    module = types.ModuleType(name)
    module.__path__ = [] if path is None else [str(path)]
    module.__dict__.update(names)
    sys.modules[name] = module


put("axolotl", PACKAGE)
put("axolotl.prompt_strategies", PACKAGE / "prompt_strategies")
put("axolotl.utils")
put("axolotl.utils.logging", get_logger=logging.getLogger)
put("axolotl.utils.dict", remove_none_values=lambda value: value)
put("axolotl.utils.chat_templates", get_chat_template_from_config=lambda cfg, ds_cfg, tokenizer: tokenizer.chat_template)
put("axolotl.utils.schemas")
put("axolotl.utils.schemas.datasets", DatasetConfig=dict)
strategies = importlib.import_module("axolotl.prompt_strategies.chat_template")
logging.disable(logging.CRITICAL)


class Config(dict):
    """What Axolotl reads as attributes and as keys; what is not set is None."""

    __getattr__ = dict.get


made = {}


def make_strategy(tokenizer, template, eos):
    key = (tokenizer, template, eos)
    if key not in made:
        made.clear()  # cases of one template follow each other
        fast = transformers.PreTrainedTokenizerFast(
            tokenizer_object=Tokenizer.from_str(tokenizer), bos_token="<s>", eos_token=eos, pad_token="<pad>", unk_token="<unk>"
        )
        fast.chat_template = template
        made[key] = strategies.load(fast, Config(sequence_len=100_000, train_on_inputs=False), {})
    return made[key]


for line in sys.stdin:
    case = json.loads(line)
    try:
        out = make_strategy(case["tokenizer"], case["template"], case["eos"]).tokenize_prompt({"messages": case["messages"]})
        print(json.dumps({"ids": list(out["input_ids"]), "labels": list(out["labels"])}), flush=True)
    except Exception as error:
        print(json.dumps({"error": f"{type(error).__name__}: {error}"[:300]}), flush=True)
