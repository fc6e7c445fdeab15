"""The safetensors package and PyTorch, for tests. One JSON request a line in, one answer a line out.

{"write": path, "tensors": {name: [dtype, shape, bits]}, "metadata": {...}}: writes them; bits are the float32 bit patterns of the numbers
{"read": path}: {name: [dtype, shape, bits]} as the package reads them
{"save": folder, "max_shard_size": "1MB"}: save_pretrained of a small random Llama in bfloat16
"""

import json
import sys

import numpy
import torch
from safetensors.torch import load_file, save_file

DTYPES = {'F32': torch.float32, 'F16': torch.float16, 'BF16': torch.bfloat16}
NAMES = {dtype: name for name, dtype in DTYPES.items()}


def to_tensor(dtype, shape, bits):
    floats = numpy.array(bits, dtype=numpy.uint32).view(numpy.float32)
    return torch.from_numpy(floats.copy()).reshape(shape).to(DTYPES[dtype])


def to_bits(tensor):
    return tensor.float().flatten().numpy().view(numpy.uint32).tolist()


def answer(request):
    if 'write' in request:
        tensors = {name: to_tensor(*tensor) for name, tensor in request['tensors'].items()}
        save_file(tensors, request['write'], metadata=request['metadata'])
        return None
    if 'read' in request:
        tensors = load_file(request['read'])
        return {name: [NAMES[t.dtype], list(t.shape), to_bits(t)] for name, t in tensors.items()}
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(1)
    config = LlamaConfig(
        hidden_size=64, intermediate_size=128, num_hidden_layers=3, num_attention_heads=4, vocab_size=300
    )
    model = LlamaForCausalLM(config).to(torch.bfloat16)
    model.save_pretrained(request['save'], max_shard_size=request['max_shard_size'])
    return None


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))))
