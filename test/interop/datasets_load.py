"""What the library datasets reads from a prepared folder. One JSON object a line: {"call": …, "folder": …, "files": …} → rows and types."""

import json
import sys
import tempfile

import datasets

datasets.disable_progress_bars()
datasets.utils.logging.set_verbosity(datasets.utils.logging.CRITICAL)


def load(call, folder, files, cache):
    if call == "load_from_disk":
        # Small folders are copied into memory unless it is told not to.
        return datasets.load_from_disk(folder, keep_in_memory=False)
    if call == "load_dataset":
        return datasets.load_dataset(folder, split="train", cache_dir=cache)
    return datasets.load_dataset(call, data_files=f"{folder}/{files}", split="train", cache_dir=cache)


def blocks_of(table):
    return [block for row in table.blocks for block in row] if hasattr(table, "blocks") else [table]


def describe(dataset, folder):
    return {
        "columns": dataset.to_dict(),
        "features": {name: repr(feature) for name, feature in dataset.features.items()},
        "files": [file["filename"] for file in dataset.cache_files if file["filename"].startswith(folder)],
        "isMapped": all(isinstance(block, datasets.table.MemoryMappedTable) for block in blocks_of(dataset.data)),
        "fingerprint": dataset._fingerprint,
        "batches": [len(batch) for batch in dataset.data.to_batches()],
        "splitRows": dataset.info.splits["train"].num_examples,
    }


for line in sys.stdin:
    request = json.loads(line)
    with tempfile.TemporaryDirectory() as cache:
        try:
            dataset = load(request["call"], request["folder"], request.get("files"), cache)
            answer = describe(dataset, request["folder"])
        except Exception as error:  # The test says which error it expects.
            answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
