"""Writes config.json as transformers does, of whichever version: one JSON case a line in, one config.json a line out.

A case has modelType, config (keys that are not the defaults) and isWhole: whether keys at their default are written too, as
save_pretrained leaves them out for some and writes them for others.
"""

import json
import sys

from transformers import AutoConfig

for line in sys.stdin:
    case = json.loads(line)
    config = AutoConfig.for_model(case["modelType"], **case["config"])
    print(json.dumps(json.loads(config.to_json_string(use_diff=not case["isWhole"]))), flush=True)
