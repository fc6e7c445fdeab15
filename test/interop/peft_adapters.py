"""PEFT on tiny random models, for tests. One JSON request a line in, one answer a line out; the models are made once and kept.

{"make": folder, "model": kind, "dtype": "float32", "max_shard_size": "5GB"}: saves a base model; answers its modules
{"resolve": kind, "lora": {...}}: what get_peft_model adapts: [module, in, out, rank, scaling, fan_in_fan_out], trained tensors, configuration
{"train": folder, "base": folder, "lora": {...}}: saves an adapter with random numbers
{"logits": folder, "adapter": folder or null, "ids": [...]}: of the model, with the adapter; and the keys that did not fit
{"merge": folder, "base": folder, "adapter": folder}: merge_and_unload, saved
"""

import json
import sys
import warnings

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from peft.tuners.lora import LoraLayer
from transformers import AutoConfig, AutoModelForCausalLM
from transformers.pytorch_utils import Conv1D

warnings.simplefilter('ignore')
torch.set_num_threads(1)

SIZES = {
    'hidden_size': 32,
    'intermediate_size': 48,
    'num_hidden_layers': 3,
    'num_attention_heads': 4,
    'num_key_value_heads': 2,
    'vocab_size': 60,
    'max_position_embeddings': 64,
    'bos_token_id': 1,
    'eos_token_id': 2,
    'pad_token_id': 0,
}
GPT2 = {'n_embd': 32, 'n_layer': 2, 'n_head': 4, 'vocab_size': 60, 'n_positions': 64, 'bos_token_id': 1, 'eos_token_id': 2}
MODELS = {
    'llama': ('llama', {**SIZES, 'tie_word_embeddings': False}),
    'llama-tied': ('llama', {**SIZES, 'tie_word_embeddings': True}),
    'qwen2': ('qwen2', {**SIZES, 'tie_word_embeddings': True}),
    'phi3': ('phi3', SIZES),
    'gpt2': ('gpt2', GPT2),
}


def build(kind):
    model_type, sizes = MODELS[kind]
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_config(AutoConfig.for_model(model_type, **sizes))
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return model.eval()


def kind_of(model, module):
    if module is model.get_output_embeddings():
        return 'head'
    if isinstance(module, Conv1D):
        return 'conv1d'
    if isinstance(module, torch.nn.Linear):
        return 'linear'
    return 'embedding' if isinstance(module, torch.nn.Embedding) else 'norm'


def modules_of(model):
    return [
        {
            'name': name,
            'kind': kind_of(model, module),
            'tensors': {key: list(tensor.shape) for key, tensor in module.named_parameters(recurse=False)},
        }
        for name, module in model.named_modules()
        if next(module.parameters(recurse=False), None) is not None
    ]


def make(request):
    model = build(request['model']).to(getattr(torch, request.get('dtype', 'float32')))
    model.save_pretrained(request['make'], max_shard_size=request.get('max_shard_size', '5GB'))
    return modules_of(model)


def resolve(request):
    model = build(request['resolve'])
    modules = modules_of(model)
    try:
        adapted = get_peft_model(model, LoraConfig(task_type='CAUSAL_LM', **request['lora']))
    except Exception as error:
        return {'modules': modules, 'error': str(error)}
    layers = [(name, layer) for name, layer in adapted.base_model.model.named_modules() if isinstance(layer, LoraLayer)]
    targets = [
        [
            name,
            layer.in_features,
            layer.out_features,
            layer.r['default'],
            layer.scaling['default'],
            bool(getattr(layer, 'fan_in_fan_out', False)),
        ]
        for name, layer in layers
    ]
    return {'modules': modules, 'targets': targets, **saved(adapted)}


def saved(adapted):
    import tempfile

    from safetensors import safe_open

    with tempfile.TemporaryDirectory() as folder:
        adapted.save_pretrained(folder)
        with open(f'{folder}/adapter_config.json') as file:
            config = json.load(file)
        with safe_open(f'{folder}/adapter_model.safetensors', 'pt') as file:
            shapes = {name: file.get_slice(name).get_shape() for name in file.keys()}
    return {'config': config, 'shapes': shapes}


def train(request):
    model = AutoModelForCausalLM.from_pretrained(request['base'])
    torch.manual_seed(3)
    adapted = get_peft_model(model, LoraConfig(task_type='CAUSAL_LM', **request['lora']))
    with torch.no_grad():
        for name, parameter in adapted.named_parameters():
            if parameter.requires_grad:
                parameter.add_(0.2 * torch.randn_like(parameter))
    adapted.save_pretrained(request['train'])
    return None


def logits(request):
    model = AutoModelForCausalLM.from_pretrained(request['logits'], dtype=torch.float32)
    unfit = []
    if request['adapter'] is not None:
        from peft import set_peft_model_state_dict
        from safetensors.torch import load_file

        config = LoraConfig.from_pretrained(request['adapter'])
        model = PeftModel.from_pretrained(model, request['adapter'])
        tensors = load_file(f"{request['adapter']}/adapter_model.safetensors")
        result = set_peft_model_state_dict(model, tensors)
        own = [key for key in result.missing_keys if 'lora_' in key or 'modules_to_save' in key]
        unfit = own + list(result.unexpected_keys)
        assert config.peft_type == 'LORA'
    with torch.no_grad():
        values = model.eval()(torch.tensor([request['ids']])).logits[0]
    return {'logits': values.flatten().tolist(), 'unfit': unfit}


def merge(request):
    model = AutoModelForCausalLM.from_pretrained(request['base'], dtype='auto')
    merged = PeftModel.from_pretrained(model, request['adapter']).merge_and_unload()
    merged.save_pretrained(request['merge'])
    return None


ANSWERS = {'make': make, 'resolve': resolve, 'train': train, 'logits': logits, 'merge': merge}

for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps(ANSWERS[next(iter(request))](request)), flush=True)
