"""TRL's SFTTrainer on rows of ids, step by step. One JSON object a line; what it answers depends on "do":

make:  {"folder", "lora"} → {}. A Llama of some thousand random weights in FOLDER/model, and a LoRA adapter for it, with both of its
       matrices random, in FOLDER/adapter.
train: {"folder", "adapter" (bool), "rows", "eval_rows", "options"} → {"losses", "log_history", "weights": a sum by name after the last step}.
       A row is {"input_ids", "labels"}, of a pack with "seq_lengths". Losses are as trained, not rounded; options are SFTConfig's.
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
from peft import LoraConfig, PeftModel, get_peft_model
from tokenizers import Tokenizer, models
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast, logging
from trl import SFTConfig, SFTTrainer

datasets.disable_progress_bars()
logging.set_verbosity_error()
torch.set_num_threads(1)

VOCABULARY = 97


def make(folder, lora):
    torch.manual_seed(3)
    config = LlamaConfig(
        vocab_size=VOCABULARY, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=256, tie_word_embeddings=False, bos_token_id=0, eos_token_id=1, pad_token_id=2,
        initializer_range=0.2,
    )
    model = LlamaForCausalLM(config)
    model.save_pretrained(f"{folder}/model")
    adapted = get_peft_model(model, LoraConfig(task_type="CAUSAL_LM", **lora))
    for name, parameter in adapted.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.1)
    adapted.save_pretrained(f"{folder}/adapter")
    return {}


def make_tokenizer():
    tokenizer = Tokenizer(models.WordLevel({f"w{i}": i for i in range(VOCABULARY)}, unk_token="w3"))
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="w0", eos_token="w1", pad_token="w2")


class Recorder(SFTTrainer):
    """Keeps each step's loss, which the log rounds to four digits."""

    def training_step(self, *args, **kwargs):
        loss = super().training_step(*args, **kwargs)
        step = self.state.global_step
        while len(self.losses) <= step:
            self.losses.append(0.0)
        self.losses[step] += loss.item()
        return loss


def train(folder, adapter, rows, eval_rows, options):
    model = LlamaForCausalLM.from_pretrained(f"{folder}/model", dtype=torch.float32, attn_implementation="eager")
    if adapter:
        model = PeftModel.from_pretrained(model, f"{folder}/adapter", is_trainable=True)
    with tempfile.TemporaryDirectory() as work:
        config = SFTConfig(
            output_dir=work, use_cpu=True, bf16=False, save_strategy="no", report_to="none", disable_tqdm=True,
            gradient_checkpointing=False, max_length=None, **{"logging_steps": 1, **options},
        )
        trainer = Recorder(
            model, config, train_dataset=datasets.Dataset.from_list(rows), eval_dataset=datasets.Dataset.from_list(eval_rows),
            processing_class=make_tokenizer(),
        )
        trainer.losses = []
        trainer.train()
    weights = {name: p.double().sum().item() for name, p in model.named_parameters() if p.requires_grad}
    return {"losses": trainer.losses, "log_history": trainer.state.log_history, "weights": weights}


for line in sys.stdin:
    # What the libraries print goes to stderr.
    answers, sys.stdout = sys.stdout, sys.stderr
    case = json.loads(line)
    answer = {"make": make, "train": train}[case.pop("do")](**case)
    sys.stdout = answers
    print(json.dumps(answer), flush=True)
