"""TRL's own preparation, as its users run it: SFTTrainer over a JSONL file of messages, up to the masked and packed dataset.

    python prepare_trl.py ROWS.jsonl TOKENIZER_FOLDER TEMPLATE MAX_LENGTH PROCESSES FOLDER

Prints one JSON line: seconds of the stage by the clock and by the processor (imports and the model are not in them), rows and tokens. The model is
a Llama of a few weights, there because SFTTrainer wants one. "ready" on standard error marks the start of the stage.
"""

import gzip
import json
import os
import sys
import time

import torch  # noqa: F401
from datasets import load_dataset
from tokenizers import Tokenizer
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
from trl import SFTConfig, SFTTrainer


def cpu_seconds() -> float:
    return sum(os.times()[:4])


def main() -> None:
    rows, tokenizer_folder, template, max_length, processes, folder = sys.argv[1:]
    with gzip.open(os.path.join(tokenizer_folder, "tokenizer.json.gz"), "rt", encoding="utf-8") as file:
        backend = Tokenizer.from_str(file.read())
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=backend, eos_token="<|im_end|>", pad_token="<|endoftext|>")
    with open(template, encoding="utf-8") as source:
        tokenizer.chat_template = source.read()
    shape = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "num_key_value_heads": 1, "intermediate_size": 32}
    model = LlamaForCausalLM(LlamaConfig(vocab_size=len(tokenizer), **shape))
    config = SFTConfig(
        output_dir=folder,
        max_length=int(max_length),
        packing=True,
        packing_strategy="bfd",
        assistant_only_loss=True,
        dataset_num_proc=int(processes),
        use_cpu=True,
        bf16=False,
        report_to="none",
    )
    print("ready", file=sys.stderr, flush=True)
    start, cpu = time.perf_counter(), cpu_seconds()
    dataset = load_dataset("json", data_files=rows, split="train")
    count = len(dataset)
    trainer = SFTTrainer(model=model, args=config, train_dataset=dataset, processing_class=tokenizer)
    seconds, cpu = time.perf_counter() - start, cpu_seconds() - cpu
    packs = trainer.train_dataset
    tokens = sum(len(ids) for ids in packs.with_format("numpy")["input_ids"])
    print(json.dumps({"seconds": seconds, "cpuSeconds": cpu, "rows": count, "packs": len(packs), "tokens": tokens}))


if __name__ == "__main__":
    main()
