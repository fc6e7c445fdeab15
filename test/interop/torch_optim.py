"""What torch's optimizers and transformers' schedules do, for optim.test.ts.

Reads one JSON value a line and writes one a line:
  {"kind": "optimizer", "optim", "args", "shapes", "decays", "data", "gradients" (one list of arrays a step), "learning_rates", "max_norm"}
    -> {"data": the parameters after all steps, "norms": the norm before clipping in each step}
  {"kind": "schedule", "name", "learning_rate", "warmup_steps", "training_steps", "kwargs", "steps", "metrics"}
    -> {"learning_rates": of each step}
  {"kind": "grouped", "lengths", "batch_size", "seed", "epochs"} -> {"orders": transformers' grouping by length, seeded the same way}
  {"kind": "order", "count", "seed", "epochs"} -> {"orders": what accelerate's SeedableRandomSampler gives in each epoch}
"""

import json
import sys

import torch
from accelerate.data_loader import SeedableRandomSampler
from transformers.optimization import Adafactor, get_scheduler
from transformers.trainer_pt_utils import get_length_grouped_indices


def run_optimizer(case):
    parameters = [
        torch.nn.Parameter(torch.tensor(data, dtype=torch.float32).reshape(shape))
        for data, shape in zip(case["data"], case["shapes"])
    ]
    args = case["args"]
    groups = [
        {"params": [p for p, decays in zip(parameters, case["decays"]) if decays], "weight_decay": args["weight_decay"]},
        {"params": [p for p, decays in zip(parameters, case["decays"]) if not decays], "weight_decay": 0.0},
    ]
    lr = case["learning_rates"][0]
    if case["optim"] == "adafactor":
        optimizer = Adafactor(groups, lr=lr, scale_parameter=False, relative_step=False)
    elif case["optim"] == "sgd":
        optimizer = torch.optim.SGD(groups, lr=lr, momentum=args["momentum"])
    else:
        betas = (args["adam_beta1"], args["adam_beta2"])
        fused = case["optim"] == "adamw_torch_fused"
        optimizer = torch.optim.AdamW(groups, lr=lr, betas=betas, eps=args["adam_epsilon"], fused=fused)
    norms = []
    for lr, gradients in zip(case["learning_rates"], case["gradients"]):
        for parameter, gradient in zip(parameters, gradients):
            parameter.grad = torch.tensor(gradient, dtype=torch.float32).reshape(parameter.shape)
        norms.append(torch.nn.utils.clip_grad_norm_(parameters, case["max_norm"]).item())
        for group in optimizer.param_groups:
            group["lr"] = lr
        optimizer.step()
    return {"data": [p.detach().flatten().tolist() for p in parameters], "norms": norms}


def run_schedule(case):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=case["learning_rate"])
    scheduler = get_scheduler(
        case["name"],
        optimizer,
        num_warmup_steps=case["warmup_steps"],
        num_training_steps=case["training_steps"],
        scheduler_specific_kwargs=case["kwargs"],
    )
    rates = []
    for step in range(case["steps"]):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if case["name"] == "reduce_lr_on_plateau":
            scheduler.step(case["metrics"][step])
        else:
            scheduler.step()
    return {"learning_rates": rates}


def run_order(case):
    torch.manual_seed(case["seed"])
    sampler = SeedableRandomSampler(range(case["count"]), data_seed=case["seed"])
    orders = []
    for epoch in range(case["epochs"]):
        sampler.set_epoch(epoch)
        orders.append(list(sampler))
    return {"orders": orders}


def run_grouped(case):
    generator = torch.Generator()
    orders = []
    for epoch in range(case["epochs"]):
        generator.manual_seed(case["seed"] + epoch)
        orders.append(get_length_grouped_indices(case["lengths"], case["batch_size"], generator=generator))
    return {"orders": orders}


KINDS = {"optimizer": run_optimizer, "schedule": run_schedule, "order": run_order, "grouped": run_grouped}

for line in sys.stdin:
    case = json.loads(line)
    print(json.dumps(KINDS[case["kind"]](case)))
