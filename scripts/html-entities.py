#!/usr/bin/env python3
"""Writes src/template/python/html-entities.ts: the names that HTML5 gives to characters, as Python's html.unescape knows them.

python3 scripts/html-entities.py > src/template/python/html-entities.ts && npx biome check --write src/template/python
"""

from html.entities import html5

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def shared(a: str, b: str) -> int:
    """How many characters two names begin with in common."""
    length = 0
    while length < min(len(a), len(b), 35) and a[length] == b[length]:
        length += 1
    return length


def base36(number: int) -> str:
    return DIGITS[number] if number < 36 else base36(number // 36) + DIGITS[number % 36]


names = sorted(name[:-1] for name in html5 if name.endswith(";"))
entries = []
before = ""
for name in names:
    same = shared(before, name)
    # `,` stands for names that HTML takes without the semicolon, too.
    mark = "," if name in html5 else ";"
    entries.append(f"{DIGITS[same]}{name[same:]}{mark}{'+'.join(base36(ord(char)) for char in html5[name + ';'])}")
    before = name

print("// Made by scripts/html-entities.py from Python's html.entities; not to be edited.")
print()
print("/**")
print(" * Names in order, each as how many characters it begins with of the one before (in base 36) and its rest; then `,` where HTML takes it")
print(" * without a semicolon, too, else `;`; then the code points that it stands for, in base 36, joined by `+`. Spaces lie between.")
print(" */")
print(f"export const ENTITIES: string = '{' '.join(entries)}'")
