"""Reads prepared data in plain PyTorch, without any Python code of Lossline's: what it needs is torch and datasets.

    lossline prepare chats.jsonl --tokenizer ./Qwen3-0.6B -o prepared
    python torch_dataloader.py prepared

Rows may be packed or not, and may have weights.
"""

import sys

import datasets
import torch
from torch.nn import functional
from torch.utils.data import DataLoader


def collate(rows):
    """Lays rows end to end in one, without padding. Positions restart with each sequence: by them attention tells sequences apart."""
    lengths = [length for row in rows for length in row.get("seq_lengths", [len(row["input_ids"])])]
    position_ids = torch.cat([torch.arange(length) for length in lengths])
    labels = torch.cat([row["labels"] for row in rows]).long()
    batch = {
        "input_ids": torch.cat([row["input_ids"] for row in rows]).long()[None],
        # Nothing predicts a sequence's first token: what stands before it is another sequence.
        "labels": labels.masked_fill(position_ids == 0, -100)[None],
        "position_ids": position_ids[None],
    }
    if "loss_weights" in rows[0]:
        batch["loss_weights"] = torch.cat([row["loss_weights"] for row in rows])[None]
    return batch


def weighted_loss(logits, batch):
    """The mean loss of the trained tokens, each with its weight where there are weights. Token t predicts label t + 1."""
    labels = batch["labels"][:, 1:]
    losses = functional.cross_entropy(logits[:, :-1].transpose(1, 2), labels, reduction="none", ignore_index=-100)
    weights = (labels != -100).float()
    if "loss_weights" in batch:
        weights *= batch["loss_weights"][:, 1:]
    return (losses * weights).sum() / weights.sum()


def make_loader(folder, batch_size=8, **options):
    """Batches of a prepared folder. It is memory-mapped: rows are read when they are asked for, in any order, by any number of workers."""
    dataset = datasets.load_from_disk(folder).with_format("torch")
    return DataLoader(dataset, batch_size=batch_size, collate_fn=collate, **options)


if __name__ == "__main__":
    for batch in make_loader(sys.argv[1]):
        trained = int((batch["labels"] != -100).sum())
        print(f"{batch['input_ids'].numel()} tokens, {trained} of them trained")
