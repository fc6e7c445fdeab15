# For each line, the path of a folder of event files: {"scalars": {tag: [[step, value], …]}, "texts": {tag: [text, …]}}, as TensorBoard reads them.
import json
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

for line in sys.stdin:
    accumulator = EventAccumulator(json.loads(line), size_guidance={"scalars": 0, "tensors": 0})
    accumulator.Reload()
    tags = accumulator.Tags()
    scalars = {tag: [[e.step, e.value] for e in accumulator.Scalars(tag)] for tag in tags["scalars"]}
    texts = {
        tag: [e.tensor_proto.string_val[0].decode() for e in accumulator.Tensors(tag)] for tag in tags["tensors"]
    }
    print(json.dumps({"scalars": scalars, "texts": texts}))
