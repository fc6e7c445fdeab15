"""Answers what Python does: reads JSON lines of {"fn", "args"} from stdin, writes a line {"value"} or {"error", "message"} for each.

Values are tagged where JSON would lose their type: {"int": "7"}, {"float": "<the double's 16 hex digits>"}, {"tuple": […]},
{"dict": [[key, value], …]}; strings, lists, booleans and null are themselves. Wants Jinja2 3.1 for the filters.
"""

import datetime
import html
import html.entities
import json
import operator
import struct
import sys

try:
    import jinja2
except ImportError:
    sys.exit(3)

sys.stdin.reconfigure(encoding="utf-8", errors="surrogatepass")


def decode(value):
    if isinstance(value, list):
        return [decode(item) for item in value]
    if isinstance(value, dict):
        ((tag, inner),) = value.items()
        if tag == "int":
            return int(inner)
        if tag == "float":
            return struct.unpack(">d", bytes.fromhex(inner))[0]
        if tag == "tuple":
            return tuple(decode(item) for item in inner)
        return {decode(key): decode(item) for key, item in inner}
    return value


def encode(value):
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return {"int": str(value)}
    if isinstance(value, float):
        # One nan is as good as another.
        return {"float": struct.pack(">d", value if value == value else float("nan")).hex()}
    if isinstance(value, tuple):
        return {"tuple": [encode(item) for item in value]}
    if isinstance(value, dict):
        return {"dict": [[encode(key), encode(item)] for key, item in value.items()]}
    if isinstance(value, list):
        return [encode(item) for item in value]
    return encode(list(value))


def all_members(method):
    """For every code point, whether `method` says yes: one character each."""
    return "".join("1" if getattr(chr(code), method)() else "0" for code in range(0x110000))


def all_cases(method):
    """The code points that `method` changes, and what they become."""
    changed = ((code, getattr(chr(code), method)()) for code in range(0x110000))
    return {code: to for code, to in changed if to != chr(code)}


ENVIRONMENT = jinja2.Environment()


def jinja_filter(name, value, args, kwargs):
    return ENVIRONMENT.call_filter(name, value, args, kwargs)


def dumps(value, options):
    # As transformers' tojson calls it.
    options = {**options, "separators": options.get("separators") and tuple(options["separators"])}
    return json.dumps(value, **{"ensure_ascii": False, "indent": None, "sort_keys": False, **options})


def power(a, b):
    """Floats to 15 digits: glibc does not promise more."""
    result = a**b
    return format(result, ".15g") if isinstance(result, float) else result


def order(a, b):
    return [a < b, a == b, a > b]


FUNCTIONS = {
    "all_members": all_members,
    "all_cases": all_cases,
    "ascii": ascii,
    "bool": bool,
    "contains": operator.contains,
    "eq": operator.eq,
    "filter": jinja_filter,
    "float": float,
    "format": format,
    "html.entities": lambda: dict(sorted(html.entities.html5.items())),
    "html.unescape": html.unescape,
    "int": int,
    "item": lambda text, index: text[index],
    "json.dumps": dumps,
    "json.loads": json.loads,
    "len": len,
    "order": order,
    "repr": repr,
    "slice": lambda text, start, stop, step: text[start:stop:step],
    "str": str,
    "str.format": lambda template, positional, named: template.format(*positional, **named),
    "strftime": lambda fields, template: datetime.datetime(*fields).strftime(template),
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "power": power,
    "power_repr": lambda a, b: repr(a**b),
    "abs": abs,
    "neg": operator.neg,
    "pos": operator.pos,
    "round": round,
}


def answer(call):
    name, args = call["fn"], [decode(arg) for arg in call["args"]]
    try:
        function = FUNCTIONS[name] if name in FUNCTIONS else getattr(str, name.removeprefix("str."))
        return {"value": encode(function(*args))}
    except Exception as error:  # noqa: BLE001: the error is the answer
        return {"error": type(error).__name__, "message": str(error)}


for line in sys.stdin:
    # ASCII, so that lone surrogates travel as escapes.
    print(json.dumps(answer(json.loads(line))))
