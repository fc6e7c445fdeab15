"""Makes assets/mistral-7b-v0.1/tokenizer.json.gz, the demo's tokenizer, from Mistral AI's own SentencePiece model.

    pip install zopfli==0.4.3
    pip download --no-deps mistral-common==1.13.1
    python3 scripts/make-demo-tokenizer.py mistral_common-1.13.1-py3-none-any.whl

The wheel (Apache-2.0) holds the model of Mistral-7B-v0.1. It becomes a tokenizer.json as transformers makes one of a legacy Llama tokenizer:
a merge for every way to cut a piece into two pieces, the best score first. zopfli packs it in a tenth less than zlib does.
"""

import json
import struct
import sys
import zipfile
from pathlib import Path

import zopfli.gzip

MODEL = "mistral_common/data/tokenizer.model.v1"
TARGET = Path(__file__).parent.parent / "assets/mistral-7b-v0.1/tokenizer.json.gz"
SPECIAL = ["<unk>", "<s>", "</s>"]


def main(wheel):
    pieces = read_pieces(zipfile.ZipFile(wheel).read(MODEL))
    vocab = {piece: piece_id for piece_id, (piece, _) in enumerate(pieces)}
    assert [piece for piece, _ in pieces[:3]] == SPECIAL and len(vocab) == len(pieces) == 32000
    text = json.dumps(make_tokenizer(vocab, make_merges(pieces, vocab)), ensure_ascii=False, separators=(",", ":"))
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_bytes(zopfli.gzip.compress(text.encode()))
    print(f"{TARGET}: {len(pieces)} pieces, {TARGET.stat().st_size} bytes")


def read_pieces(model):
    """The (piece, score) pairs of a SentencePiece ModelProto: field 1, repeated, of a string (1) and a float (2)."""
    pieces = []
    for field, value in read_fields(model):
        if field == 1:
            piece = dict(read_fields(value))
            pieces.append((piece[1].decode(), struct.unpack("<f", piece[2])[0]))
    return pieces


def read_fields(message):
    """The fields of a protobuf message: varints as numbers, all else as bytes."""
    at = 0
    while at < len(message):
        tag, at = read_varint(message, at)
        kind = tag & 7
        if kind == 0:
            value, at = read_varint(message, at)
        else:
            size, at = read_varint(message, at) if kind == 2 else ({1: 8, 5: 4}[kind], at)
            value, at = message[at : at + size], at + size
        yield tag >> 3, value


def read_varint(message, at):
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def make_merges(pieces, vocab):
    merges = []
    for piece, score in pieces:
        cuts = [(piece[:i], piece[i:]) for i in range(1, len(piece))]
        known = [(left, right) for left, right in cuts if left in vocab and right in vocab]
        merges += [(score, pair) for pair in sorted(known, key=lambda pair: (vocab[pair[0]], vocab[pair[1]]))]
    merges.sort(key=lambda merge: -merge[0])
    # One string for a merge is smaller than two; no piece holds a space.
    return [" ".join(pair) for _, pair in merges]


def make_tokenizer(vocab, merges):
    def post(*sequences):
        return [
            item
            for type_id, sequence in enumerate(sequences)
            for item in (
                {"SpecialToken": {"id": "<s>", "type_id": type_id}},
                {"Sequence": {"id": sequence, "type_id": type_id}},
            )
        ]

    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [{"id": vocab[content], "content": content, **flags} for content in SPECIAL],
        "normalizer": {
            "type": "Sequence",
            "normalizers": [
                {"type": "Prepend", "prepend": "▁"},
                {"type": "Replace", "pattern": {"String": " "}, "content": "▁"},
            ],
        },
        "pre_tokenizer": None,
        "post_processor": {
            "type": "TemplateProcessing",
            "single": post("A"),
            "pair": post("A", "B"),
            "special_tokens": {"<s>": {"id": "<s>", "ids": [vocab["<s>"]], "tokens": ["<s>"]}},
        },
        "decoder": {
            "type": "Sequence",
            "decoders": [
                {"type": "Replace", "pattern": {"String": "▁"}, "content": " "},
                {"type": "ByteFallback"},
                {"type": "Fuse"},
                {"type": "Strip", "content": " ", "start": 1, "stop": 0},
            ],
        },
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": "<unk>",
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": True,
            "byte_fallback": True,
            "ignore_merges": False,
            "vocab": vocab,
            "merges": merges,
        },
    }


if len(sys.argv) != 2:
    sys.exit(__doc__)
main(sys.argv[1])
