# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the return values that plugins share from one RETURN block into the others, as ``returns.yml`` lists them.

ansible-core has no fragments for these.

``python -m tools.returns``, with ``--check`` to write nothing and name the files that differ.
"""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from tools.workplace import ROOT, TESTS

SOURCE = TESTS / "tools" / "returns.yml"
_RETURN = re.compile(r'(?<=^RETURN = r"""\n)(.*?)(?=^""")', re.DOTALL | re.MULTILINE)
Places = Mapping[str, Sequence[str]]


class NoPlace(ValueError):
    """The source names what a RETURN block does not have."""


def outdated(plugins: Path, source: str) -> dict[Path, str]:
    """The files below ``plugins`` that differ from the source, and what they have to be."""
    listed = yaml.safe_load(source)
    parts = {name: taken(plugins, *where) for name, where in listed["parts"].items()}
    texts: dict[Path, str] = {}
    for pattern, places in listed["places"].items():
        files = sorted(plugins.glob(pattern))
        if not files:
            raise NoPlace(f"{pattern} is no file")
        for path in files:
            text = texts.get(path) or path.read_text(encoding="utf-8")
            before, block, after = _RETURN.split(text)
            try:
                texts[path] = before + filled(block, places, parts) + after
            except NoPlace as error:
                raise NoPlace(f"{path.name}: {error}") from None
    return {path: text for path, text in texts.items() if text != path.read_text(encoding="utf-8")}


def taken(plugins: Path, file: str, place: str, *names: str) -> str:
    """The text of these keys of a place, by default of all."""
    path = plugins / file
    if not path.is_file():
        raise NoPlace(f"{file} is no file")
    _before, block, _after = _RETURN.split(path.read_text(encoding="utf-8"))
    try:
        own = entries(block, _mapping_at(block, place.split(".")))
        return "".join(own[name] for name in names or own)
    except KeyError as missing:
        raise NoPlace(f"{path.name}: {place} has no {missing}") from None
    except NoPlace as error:
        raise NoPlace(f"{path.name}: {error}") from None


def filled(block: str, places: Places, parts: Mapping[str, str]) -> str:
    """The block with each place made of its parts and of the keys that it has already."""
    for place, names in places.items():
        node = _mapping_at(block, place.split("."))
        own = entries(block, node)
        try:
            text = "".join(parts[name] if name in parts else own[name] for name in names)
        except KeyError as missing:
            raise NoPlace(f"{place} has no {missing}") from None
        lines = block.splitlines(keepends=True)
        lines[node.start_mark.line : node.end_mark.line] = [textwrap.indent(text, " " * node.start_mark.column)]
        block = "".join(lines)
    return block


def entries(text: str, node: Any) -> dict[str, str]:
    """The lines of each key of a mapping, from its left edge."""
    lines = text.splitlines(keepends=True)
    starts = [key.start_mark.line for key, _value in node.value]
    ends = [*starts[1:], node.end_mark.line]
    return {
        key.value: textwrap.dedent("".join(lines[start:end]))
        for (key, _value), start, end in zip(node.value, starts, ends, strict=True)
    }


def _mapping_at(text: str, steps: Sequence[str]) -> Any:
    node: Any = yaml.compose(text, yaml.SafeLoader)
    for step in steps:
        found = [value for key, value in node.value if key.value == step]
        if not found or not isinstance(found[0], yaml.MappingNode) or found[0].flow_style:
            raise NoPlace(f"{'.'.join(steps)} is no mapping, one key a line")
        node = found[0]
    return node


def main() -> int:
    check = "--check" in sys.argv
    try:
        differ = outdated(ROOT / "plugins", SOURCE.read_text(encoding="utf-8"))
    except NoPlace as error:
        print(error)
        return 1
    for path, text in differ.items():
        name = path.relative_to(ROOT)
        if check:
            print(
                f"{name}: its RETURN block differs from the one that tests/tools/{SOURCE.name} names. "
                "Change that one, then: make returns"
            )
        else:
            path.write_text(text, encoding="utf-8")
            print(f"{name}: written")
    return int(check and bool(differ))


if __name__ == "__main__":
    sys.exit(main())
