# For each line {"logits", "seen", "options"}: the logits as transformers' processors leave them, in the order of its `generate`.
import json
import sys

import torch
from transformers import (
    RepetitionPenaltyLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

for line in sys.stdin:
    case = json.loads(line)
    options = case["options"]
    seen = torch.tensor([case["seen"]])
    scores = torch.tensor([case["logits"]])
    for processor in (
        RepetitionPenaltyLogitsProcessor(options["repetition_penalty"]),
        TemperatureLogitsWarper(options["temperature"]),
        TopKLogitsWarper(options["top_k"]),
        TopPLogitsWarper(options["top_p"]),
    ):
        scores = processor(seen, scores)
    print(json.dumps([None if score == -torch.inf else score.item() for score in scores[0]]))
