"""What PyTorch makes of the cases of test/train/op-cases.ts and layer-cases.ts, in float64, for torch-gradients.test.ts.

Reads one JSON value a line and writes one a line:
  {"torch", "n", "m", "inputs": [{"shape", "data"}], "dy": {"shape", "data"}}
    -> {"y", "gradients": of the sum of dy * y with respect to each input}
`torch` is an expression of the inputs a, b, c and d (the first of them also x), of n and m, of torch and F, and of the functions below.
"""

import json
import sys

import torch
import torch.nn.functional as F
from transformers.models.gptj import modeling_gptj as gptj
from transformers.models.llama import modeling_llama as llama

torch.set_num_threads(1)


def third(n, m):
    return (torch.arange(n * m) % 3 == 0).reshape(n, m)


def rotary(x, heads, pairs, interleaved=False):
    """transformers' own, of angles 0, 1/3, 2/3 ... over tokens and pairs."""
    tokens = x.shape[0]
    angles = torch.arange(tokens * pairs, dtype=torch.float64).reshape(1, tokens, pairs) / 3
    whole = x.reshape(1, tokens, heads, -1)
    part, rest = whole[..., : 2 * pairs], whole[..., 2 * pairs :]
    if interleaved:
        part = gptj.apply_rotary_pos_emb(part, angles.sin(), angles.cos())
    else:
        twice = torch.cat([angles, angles], -1)
        part, _ = llama.apply_rotary_pos_emb(part, part, twice.cos(), twice.sin(), unsqueeze_dim=2)
    return torch.cat([part, rest], -1).reshape(x.shape)


def attention(q, k, v, lengths, heads, scale, window, soft_cap):
    tokens = q.shape[0]
    row = torch.arange(tokens)
    sequence = torch.repeat_interleave(torch.arange(len(lengths)), torch.tensor(lengths))
    seen = (sequence[:, None] == sequence) & (row <= row[:, None])
    if window is not None:
        seen &= row[:, None] - row < window
    count, kv_count = heads
    q = q.reshape(tokens, count, -1).transpose(0, 1)
    k, v = (x.reshape(tokens, kv_count, -1).transpose(0, 1).repeat_interleave(count // kv_count, 0) for x in (k, v))
    if soft_cap is None:
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=seen, scale=scale)
    else:
        scores = soft_cap * torch.tanh(scale * q @ k.mT / soft_cap)
        y = scores.masked_fill(~seen, -torch.inf).softmax(-1) @ v
    return y.transpose(0, 1).reshape(tokens, -1)


def to_tensor(value):
    return torch.tensor(value["data"], dtype=torch.float64).reshape(value["shape"])


def answer(case):
    inputs = [to_tensor(value).requires_grad_() for value in case["inputs"]]
    names = dict(zip("abcd", inputs)) | {"x": inputs[0], "n": case["n"], "m": case["m"]}
    y = eval(case["torch"], globals() | names)
    dy = to_tensor(case["dy"])
    assert y.shape == dy.shape, f"{case['torch']} has the shape {list(y.shape)}, ours {list(dy.shape)}"
    gradients = torch.autograd.grad(y, inputs, dy)
    return {"y": y.flatten().tolist(), "gradients": [gradient.flatten().tolist() for gradient in gradients]}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))))
