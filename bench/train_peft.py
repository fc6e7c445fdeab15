"""PyTorch with PEFT on the steps of bench/train.ts: a line of JSON in, a line of JSON out.

Arguments: model folder, threads, `lora` or `full`, `all` or `trained` (on which tokens the head is applied).
"""

import json
import resource
import sys
import time

started = time.perf_counter()
import torch
from transformers import AutoModelForCausalLM

folder, threads, trained, head = sys.argv[1:]
torch.set_num_threads(int(threads))
model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
model.config.use_cache = False
if trained == "lora":
    from peft import LoraConfig, get_peft_model

    projections = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
    model = get_peft_model(model, LoraConfig(r=16, lora_alpha=32, target_modules=projections, task_type="CAUSAL_LM"))
model.train()


def pad(rows, value):
    longest = max(len(row) for row in rows)
    return torch.tensor([row + [value] * (longest - len(row)) for row in rows])


def step(ids, labels):
    # Without padding there is no mask, with which attention would be slower.
    lengths = {len(row) for row in ids}
    mask = None if len(lengths) == 1 else pad([[1] * len(row) for row in ids], 0)
    ids, labels = pad(ids, 0), pad(labels, -100)
    if head == "all":
        loss = model(input_ids=ids, attention_mask=mask, labels=labels).loss
    else:
        # Not what TRL does, but what it could: the head on the trained tokens alone.
        base = model.get_base_model() if trained == "lora" else model
        hidden = base.model(input_ids=ids, attention_mask=mask).last_hidden_state
        targets = labels[:, 1:]
        kept = targets != -100
        loss = torch.nn.functional.cross_entropy(base.lm_head(hidden[:, :-1][kept]), targets[kept])
    loss.backward()
    model.zero_grad(set_to_none=True)
    return loss.item()


def peak_gflops():
    a, b = torch.randn(1024, 1024), torch.randn(1024, 1024)
    best = 0
    for _ in range(8):
        start = time.perf_counter()
        torch.mm(a, b)
        best = max(best, 2 * 1024**3 / (time.perf_counter() - start) / 1e9)
    return best


print(json.dumps({"ready": time.perf_counter() - started}), flush=True)
for line in sys.stdin:
    case = json.loads(line)
    cpu, wall = time.process_time(), time.perf_counter()
    loss = step(case["ids"], case["labels"])
    answer = {
        "wall": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu,
        "loss": loss,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "gflops": peak_gflops(),
    }
    print(json.dumps(answer), flush=True)
