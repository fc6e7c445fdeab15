#!/usr/bin/env python3
"""Writes src/template/python/unicode-tables.ts: what Python 3.11's str methods know of Unicode 14.

JavaScript engines carry other versions of Unicode (Node 20.20 has 17), and not the same in every browser, so nothing is asked of
the engine. Run with Python 3.11:

python3 scripts/python-unicode-tables.py > src/template/python/unicode-tables.ts && npx biome check --write src/template/python
"""

import sys
import unicodedata

assert unicodedata.unidata_version == "14.0.0", "run it with Python 3.11: templates are rendered with Unicode 14"

ALL = [chr(c) for c in range(0x110000)]
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def base36(number: int) -> str:
    if number < 0:
        return "-" + base36(-number)
    return DIGITS[number] if number < 36 else base36(number // 36) + DIGITS[number % 36]


def boundaries(members) -> list[int]:
    """The code points at which membership changes."""
    found, inside = [], False
    for code, char in enumerate(ALL):
        if members(char) != inside:
            inside = not inside
            found.append(code)
    return found


def set_text(edges: list[int]) -> str:
    return " ".join(base36(edge - before) for before, edge in zip([0, *edges], edges))


def runs(mapping: dict[int, int]) -> str:
    """start (from the previous run's), count, step, delta: code points `step` apart that all move by `delta`."""
    out, codes, i, before = [], sorted(mapping), 0, 0
    while i < len(codes):
        start, delta = codes[i], mapping[codes[i]] - codes[i]
        best, best_step = 1, 1
        for step in (1, 2):
            n = 1
            while i + n < len(codes) and codes[i + n] == start + n * step and mapping[codes[i + n]] - codes[i + n] == delta:
                n += 1
            if n > best:
                best, best_step = n, step
        out += [start - before, best, best_step, delta]
        before, i = start, i + best
    return " ".join(map(base36, out))


def case_map(method, default) -> tuple[str, str]:
    """Where `method` differs from `default`: one to one as runs; one to several as `code to to…` between commas."""
    single, several = {}, []
    for code, char in enumerate(ALL):
        to = method(char)
        if to == default(char):
            continue
        if len(to) == 1:
            single[code] = ord(to)
        else:
            several.append(" ".join(base36(c) for c in [code, *map(ord, to)]))
    return runs(single), ",".join(several)


def cased(char: str) -> bool:
    # title() lowers what follows a cased character.
    return (char + "a").title()[-1] == "a"


def case_ignorable(char: str) -> bool:
    # A final sigma looks through these at the cased character before them; `_` is neither, and cuts the look.
    return ("A" + char + "Σ").lower()[-1] == "ς" and ("A_" + char + "Σ").lower()[-1] == "σ"


SETS = {
    "alpha": str.isalpha,
    "decimal": str.isdecimal,
    "digit": str.isdigit,
    "numeric": str.isnumeric,
    "printable": str.isprintable,
    "uppercase": str.isupper,
    "lowercase": str.islower,
    "titlecase": lambda char: unicodedata.category(char) == "Lt",
    "cased": cased,
    "caseIgnorable": case_ignorable,
    "identifierStart": str.isidentifier,
    "identifierContinue": lambda char: ("a" + char).isidentifier(),
}
# Sets that are nearly another one: only the boundaries that they do not share are written.
LIKE = {"numeric": "digit", "digit": "decimal", "identifierStart": "alpha", "identifierContinue": "identifierStart"}

print("// Made by scripts/python-unicode-tables.py from Python's own str methods; not to be edited.")
print()
CASE_MAPS = [
    ("upper", str.upper, str),
    ("lower", str.lower, str),
    ("title", str.title, str.upper),
    ("fold", str.casefold, str.lower),
]
print("export type SetName =")
for name in SETS:
    print(f"  | '{name}'")
print()
print("export type CaseName = " + " | ".join(f"'{name}'" for name, _, _ in CASE_MAPS))
print()
print("/** Written out: the types of the tables themselves would be as long as they are. */")
print("interface SetText {")
print("  readonly like: SetName | undefined")
print("  readonly edges: string")
print("}")
print()
print("interface CaseText {")
print("  readonly runs: string")
print("  readonly several: string")
print("}")
print()
print("/** Code points at which membership changes, each as the distance from the one before, in base 36. */")
print("export const SETS: Readonly<Record<SetName, SetText>> = {")
edges = {name: boundaries(members) for name, members in SETS.items()}
for name in SETS:
    like = LIKE.get(name)
    text = set_text(sorted(set(edges[name]) ^ set(edges[like])) if like else edges[name])
    print(f"  {name}: {{ like: {repr(like) if like else 'undefined'}, edges: '{text}' }},")
print("}")
print()
print("/**")
print(" * Case mappings. `runs`: distance of the start from the last one's, count, step, shift; `several`: a code point and what it becomes.")
print(" * `title` and `fold` list only what `upper` and `lower` do not already say.")
print(" */")
print("export const CASES: Readonly<Record<CaseName, CaseText>> = {")
for name, method, default in CASE_MAPS:
    one, several = case_map(method, default)
    print(f"  {name}: {{ runs: '{one}', several: '{several}' }},")
print("}")
print(f"{sys.argv[0]}: written", file=sys.stderr)
