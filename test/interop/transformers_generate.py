# For each line {"folder", "adapter"?, "prompts", "options"}: the ids that transformers' generate adds to each prompt.
import json
import sys

import torch
from transformers import AutoModelForCausalLM

torch.set_num_threads(1)
for line in sys.stdin:
    case = json.loads(line)
    model = AutoModelForCausalLM.from_pretrained(case["folder"], dtype=torch.float32, attn_implementation="eager")
    if case.get("adapter"):
        from peft import PeftModel

        model = PeftModel.from_pretrained(model, case["adapter"])
    model.eval()
    answers = []
    for prompt in case["prompts"]:
        ids = torch.tensor([prompt])
        with torch.no_grad():
            out = model.generate(
                input_ids=ids, attention_mask=torch.ones_like(ids), do_sample=False, pad_token_id=0, **case["options"]
            )
        answers.append(out[0, len(prompt) :].tolist())
    print(json.dumps(answers))
