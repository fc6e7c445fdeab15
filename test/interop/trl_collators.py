"""Collates with the real collators: reads a case a line from stdin, writes {"batch", "warnings", "option_warnings"} or {"error"} for each.

A case is {"collator", "options", "examples"}, the options with "tokenizer" (a tokenizer.json), "pad_id" and "eos_id" where a collator takes
a tokenizer. Which collators there are depends on the TRL that is installed: completion-only and language-modeling in 0.19, sft in both.
"""

import json
import sys
import warnings

from tokenizers import Tokenizer
from transformers import DataCollatorForLanguageModeling, PreTrainedTokenizerFast


def completion_only(options):
    from trl import DataCollatorForCompletionOnlyLM

    return DataCollatorForCompletionOnlyLM(tokenizer=make_tokenizer(options), **options)


def language_modeling(options):
    return DataCollatorForLanguageModeling(tokenizer=make_tokenizer(options), mlm=False, **options)


def sft(options):
    from trl.trainer.sft_trainer import DataCollatorForLanguageModeling as SftCollator

    return SftCollator(**options)


def make_tokenizer(options):
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=Tokenizer.from_str(options.pop("tokenizer")))
    tokenizer.padding_side = options.pop("padding_side", "right")
    for name in ("pad", "eos"):
        token_id = options.pop(f"{name}_id")
        setattr(tokenizer, f"{name}_token", None if token_id is None else tokenizer.convert_ids_to_tokens(token_id))
    return tokenizer


def count(caught):
    # The deprecation of the class, and what transformers has to say about itself, are no part of its behaviour.
    return sum(issubclass(w.category, UserWarning) and str(w.message).startswith(("Could not find", "The pad_token_id")) for w in caught)


COLLATORS = {"completion-only": completion_only, "language-modeling": language_modeling, "sft": sft}

for line in sys.stdin:
    case = json.loads(line)
    with warnings.catch_warnings(record=True) as at_options:
        warnings.simplefilter("always")
        collator = COLLATORS[case["collator"]](case["options"])
    with warnings.catch_warnings(record=True) as at_examples:
        warnings.simplefilter("always")
        try:
            batch = collator(case["examples"])
        except Exception as error:
            print(json.dumps({"error": f"{type(error).__name__}: {error}"[:300]}), flush=True)
            continue
    arrays = {key: value.tolist() if hasattr(value, "tolist") else value for key, value in batch.items()}
    print(json.dumps({"batch": arrays, "warnings": count(at_examples), "option_warnings": count(at_options)}), flush=True)
