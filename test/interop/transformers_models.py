"""Asks transformers (and PEFT) about models: one JSON case a line in, one JSON answer a line out.

Cases, by `kind`:
  rope      modelType, config, length -> inverse frequencies and attention factor
  model     makes a small random model in `folder` and says its weights, its logits and, with `weights`, its gradients

Arrays of numbers come back as base64 of little-endian fp32.
"""

import base64
import json
import logging
import math
import os
import sys
import warnings

import torch
from transformers import AutoConfig, AutoModelForCausalLM, Trainer
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

torch.set_num_threads(1)
warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)


def pack(tensor):
    flat = tensor.detach().to(torch.float32).contiguous().flatten().numpy()
    return base64.b64encode(flat.astype("<f4").tobytes()).decode("ascii")


def rope(case):
    config = AutoConfig.for_model(case["modelType"], **case["config"])
    scaling = config.rope_scaling or {}
    kind = scaling.get("rope_type", scaling.get("type", "default"))
    inverse, factor = ROPE_INIT_FUNCTIONS[kind](config, torch.device("cpu"), seq_len=case["length"])
    angles = torch.arange(case["length"]).float()[:, None] * inverse.float()[None, :]
    return {
        "inverse": pack(inverse),
        "attentionFactor": factor,
        "cos": pack(angles.cos() * factor),
        "sin": pack(angles.sin() * factor),
    }


def randomise(model, seed):
    """Weights of a size that lets every part of the model be seen in its logits."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            if parameter.dim() == 1:
                # Norms round their neutral value, whichever it is; biases round zero.
                parameter.add_(0.3 * noise)
            elif "lora" not in name and any(part in name for part in ("embed", "wte", "wpe", "lm_head")):
                parameter.copy_(0.5 * noise)
            else:
                parameter.copy_(noise * 1.2 / math.sqrt(parameter.shape[-1]))


def make(case):
    config = AutoConfig.for_model(case["modelType"], **case["config"])
    model = AutoModelForCausalLM.from_config(config, attn_implementation="eager")
    randomise(model, case["seed"])
    model.to(getattr(torch, case["dtype"]))
    model.save_pretrained(case["folder"], max_shard_size=case.get("maxShardBytes", 10**9))


def load(case):
    """The model as it was saved, in fp32 and without dropout; with its adapter, saved beside it, where it has one."""
    model = AutoModelForCausalLM.from_pretrained(
        case["folder"], dtype=torch.float32, attn_implementation="eager"
    ).eval()
    if "lora" not in case:
        return model
    from peft import LoraConfig, get_peft_model

    model = get_peft_model(model, LoraConfig(task_type="CAUSAL_LM", **case["lora"])).eval()
    generator = torch.Generator().manual_seed(case["seed"] + 1)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_" in name:
                parameter.copy_(0.2 * torch.randn(parameter.shape, generator=generator))
    model.save_pretrained(os.path.join(case["folder"], "adapter"))
    return model


def model(case):
    if case.get("make", True):
        make(case)
    loaded = load(case)
    logits = [loaded(torch.tensor([ids]), use_cache=False).logits[0] for ids in case["sequences"]]
    answer = {
        "weights": {name: list(tensor.shape) for name, tensor in loaded.state_dict().items()},
        "logits": pack(torch.cat(logits)),
    }
    if "targetWeights" in case:
        answer.update(gradients(case, loaded, logits))
    return answer


def gradients(case, loaded, logits):
    """Of the sum over sequences and their tokens of weight times negative log-likelihood of the next token."""
    loss = 0
    for ids, weights, scores in zip(case["sequences"], case["targetWeights"], logits):
        nll = torch.nn.functional.cross_entropy(scores[:-1], torch.tensor(ids[1:]), reduction="none")
        loss = loss + (nll * torch.tensor(weights)).sum()
    loss.backward()
    trained = [(name, p) for name, p in loaded.named_parameters() if p.requires_grad]
    decayed = set(Trainer.get_decay_parameter_names(None, loaded))
    return {
        "loss": loss.item(),
        "gradients": {name: pack(p.grad) for name, p in trained},
        "decayed": [name for name, _ in trained if name in decayed],
    }


KINDS = {"rope": rope, "model": model}

for line in sys.stdin:
    case = json.loads(line)
    print(json.dumps(KINDS[case["kind"]](case)), flush=True)
