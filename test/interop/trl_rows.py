"""What TRL's SFTTrainer makes of rows of messages: reads a case a line from stdin, writes a list with {"ids", "labels"} for each row, or {"error"}.

A case is {"tokenizer" (a tokenizer.json), "template", "rows", "options"}: rows as TRL reads them, SFTConfig's options. The model is a Llama of a few hundred
weights, and nothing is trained.
"""

import json
import os
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


def run(tokenizer, template, rows, options, work):
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer.from_str(tokenizer), bos_token="<s>", eos_token="</s>", pad_token="<pad>", unk_token="<unk>"
    )
    tokenizer.chat_template = template
    size = {"hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1}
    model = LlamaForCausalLM(LlamaConfig(vocab_size=len(tokenizer), num_key_value_heads=1, **size))
    config = SFTConfig(output_dir=work, use_cpu=True, bf16=False, max_length=None, report_to="none", disable_tqdm=True, **options)
    dataset = datasets.Dataset.from_list(rows)
    trainer = SFTTrainer(model, config, train_dataset=dataset, processing_class=tokenizer)
    return [{"ids": list(row["input_ids"]), "labels": list(row["labels"])} for row in trainer.train_dataset]


for line in sys.stdin:
    # What the libraries print goes to stderr.
    answers, sys.stdout = sys.stdout, sys.stderr
    with tempfile.TemporaryDirectory() as work:
        try:
            answer = run(**json.loads(line), work=work)
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"[:300]}
    sys.stdout = answers
    print(json.dumps(answer), flush=True)
