"""Reads checkpoints that Lossline wrote. One JSON object a line: {"folder", "base" (of an adapter, else null), "rows"} →
{"state": transformers' TrainerState, "optimizer": the sum of each tensor, "loss": the mean over the rows' labels}.
"""

import dataclasses
import json
import os
import sys
import warnings

os.environ["CUDA_VISIBLE_DEVICES"] = ""
warnings.simplefilter("ignore")

import torch
from peft import PeftModel
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM
from transformers.trainer_callback import TrainerState

torch.set_num_threads(1)


def read(folder, base, rows):
    model = AutoModelForCausalLM.from_pretrained(base or folder, dtype=None if base else "auto")
    assert model.dtype == torch.float32
    if base is not None:
        model = PeftModel.from_pretrained(model, folder)
    model.eval()
    total, count = 0.0, 0
    for row in rows:
        ids, labels = torch.tensor([row["input_ids"]]), torch.tensor(row["labels"][1:])
        with torch.no_grad():
            losses = torch.nn.functional.cross_entropy(model(ids).logits[0, :-1], labels, ignore_index=-100, reduction="sum")
        total += losses.item()
        count += (labels != -100).sum().item()
    return {
        "state": dataclasses.asdict(TrainerState.load_from_json(f"{folder}/trainer_state.json")),
        "optimizer": {name: tensor.sum().item() for name, tensor in load_file(f"{folder}/optimizer.safetensors").items()},
        "loss": total / count,
    }


for line in sys.stdin:
    answers, sys.stdout = sys.stdout, sys.stderr
    answer = read(**json.loads(line))
    sys.stdout = answers
    print(json.dumps(answer), flush=True)
