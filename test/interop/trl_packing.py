"""Packs with TRL's pack_dataset: reads a case a line from stdin, {"columns": {name: [[…], …]}, "max_length", "strategy"}, and writes the packed columns for each.

Every case is packed as one batch, as `Dataset.map` would do with a batch_size of all its rows.
"""

import json
import sys

import datasets
from datasets import Dataset, Features, List, Value
from trl import pack_dataset

datasets.disable_progress_bars()

for line in sys.stdin:
    case = json.loads(line)
    features = Features({name: List(Value("int32")) for name in case["columns"]})
    dataset = Dataset.from_dict(case["columns"], features=features)
    options = {"batch_size": max(len(dataset), 1), "keep_in_memory": True, "load_from_cache_file": False}
    packed = pack_dataset(dataset, case["max_length"], case["strategy"], options)
    print(json.dumps(packed[:]), flush=True)
