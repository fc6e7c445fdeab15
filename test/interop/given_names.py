"""The names that Jinja2 says a template reads and doesn't set, for the tests to compare with: one JSON string a line in, one list a line out."""

import json
import sys

from jinja2 import Environment, meta, nodes
from jinja2.ext import Extension, loopcontrols


class Generation(Extension):
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return nodes.Scope(body).set_lineno(line)


environment = Environment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols])
for line in sys.stdin:
    tree = environment.parse(json.loads(line))
    stored = {node.name for node in tree.find_all(nodes.Name) if node.ctx in ("store", "param")}
    stored |= {node.name for node in tree.find_all(nodes.Macro)}
    undeclared = meta.find_undeclared_variables(tree)
    print(json.dumps({"undeclared": sorted(undeclared), "stored": sorted(stored)}))
