"""TRL's SFTTrainer on prepared folders. One JSON object a line: {"folder", "tokenizer", "batch_size"} → what it trains on, and that it trains.

Its options are those that the folder's README.md names. The model is a Llama of a few thousand weights, drawn at random; the tokenizer a folder with tokenizer.json.gz.
"""

import gzip
import json
import os
import re
import sys
import tempfile
import warnings

os.environ["CUDA_VISIBLE_DEVICES"] = ""
warnings.simplefilter("ignore")

import datasets
import torch
from tokenizers import Tokenizer
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast, logging
from trl import SFTConfig, SFTTrainer

datasets.disable_progress_bars()
logging.set_verbosity_error()
torch.set_num_threads(1)


def make_model(vocab_size):
    torch.manual_seed(0)
    size = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    return LlamaForCausalLM(LlamaConfig(vocab_size=vocab_size, num_key_value_heads=1, **size))


def open_tokenizer(folder):
    with gzip.open(f"{folder}/tokenizer.json.gz", "rt", encoding="utf-8") as file:
        tokenizer = Tokenizer.from_str(file.read())
    with open(f"{folder}/tokenizer_config.json", encoding="utf-8") as file:
        eos_token = json.load(file)["eos_token"]
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token=eos_token, pad_token=eos_token)


def read_options(folder):
    with open(f"{folder}/README.md", encoding="utf-8") as file:
        return eval(f"dict({re.search(r'SFTConfig[(](.*)[)]', file.read())[1]})")


def run(folder, tokenizer, batch_size, work):
    dataset = datasets.load_from_disk(folder, keep_in_memory=False)
    tokenizer = open_tokenizer(tokenizer)
    config = SFTConfig(
        output_dir=work, use_cpu=True, bf16=False, max_steps=1, logging_steps=1, save_strategy="no", report_to="none",
        disable_tqdm=True, per_device_train_batch_size=batch_size, **read_options(folder),
    )
    trainer = SFTTrainer(make_model(len(tokenizer)), config, train_dataset=dataset, processing_class=tokenizer)
    batch = next(iter(trainer.get_train_dataloader()))
    result = trainer.train()
    return {
        "columns": trainer.train_dataset.column_names,
        # A dataset that TRL had mapped would lie in files of its own, under another fingerprint.
        "isOurs": trainer.train_dataset._fingerprint == dataset._fingerprint,
        "batch": {name: value.tolist() for name, value in batch.items() if hasattr(value, "tolist")},
        "loss": result.training_loss,
        "steps": result.global_step,
    }


for line in sys.stdin:
    # What the libraries print goes to stderr.
    answers, sys.stdout = sys.stdout, sys.stderr
    with tempfile.TemporaryDirectory() as work:
        answer = run(**json.loads(line), work=work)
    sys.stdout = answers
    print(json.dumps(answer), flush=True)
