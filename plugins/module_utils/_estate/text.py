# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""YAML for people and for git: block style, the same text for the same data, nothing that a reader takes otherwise."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./@+()-]*(?: [A-Za-z0-9_./@+()-]+)*")
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")  # no number, and no date
_OTHER_THAN_TEXT = frozenset(("true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan", "inf"))
_MOST_OF_A_KEY = 900  # characters: a longer one takes a form of its own


def yaml_text(document: Mapping[str, Any]) -> str:
    return "\n".join(["---", *_mapping(document, 0), ""])


def _mapping(value: Mapping[str, Any], indent: int) -> list[str]:
    lines = []
    for key, inner in value.items():
        name = _text(str(key))
        start = f"{' ' * indent}{name}:" if len(name) <= _MOST_OF_A_KEY else f"{' ' * indent}? {name}\n{' ' * indent}:"
        lines += _after(start, inner, indent)
    return lines


def _after(start: str, value: Any, indent: int) -> list[str]:
    if isinstance(value, Mapping) and value:
        return [start, *_mapping(value, indent + 2)]
    if isinstance(value, list) and value and not all(map(_is_number, value)):
        return [start, *_list(value, indent + 2)]
    if isinstance(value, str) and _is_block(value):
        head = f"{start} |" if value.endswith("\n") else f"{start} |-"
        return [head, *(f"{' ' * (indent + 2)}{line}".rstrip() for line in value.removesuffix("\n").split("\n"))]
    return [f"{start} {_scalar(value)}"]


def _list(value: list[Any], indent: int) -> list[str]:
    """The first line of an element stands beside its dash."""
    lines = []
    for inner in value:
        if isinstance(inner, Mapping) and inner:
            below = _mapping(inner, indent + 2)
            lines += [f"{' ' * indent}- {below[0][indent + 2 :]}", *below[1:]]
        elif isinstance(inner, list) and inner:
            lines += [f"{' ' * indent}-", *_list(inner, indent + 2)]
        else:
            lines.append(f"{' ' * indent}- {_scalar(inner)}")
    return lines


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, (list, Mapping)):
        return f"[{', '.join(map(_scalar, value))}]" if isinstance(value, list) else "{}"
    if isinstance(value, float):
        return _float(value)
    return json.dumps(value)


def _float(value: float) -> str:
    """With a point: without one, an exponent alone makes no number in YAML 1.1."""
    written = json.dumps(value)
    special = {"NaN": ".nan", "Infinity": ".inf", "-Infinity": "-.inf"}.get(written)
    return special or (written if "." in written else written.replace("e", ".0e"))


def _text(value: str) -> str:
    if _UUID.fullmatch(value) or (_PLAIN.fullmatch(value) and value.lower() not in _OTHER_THAN_TEXT):
        return value
    return f'"{"".join(map(_sign, value))}"' if not _is_simple(value) else f'"{value}"'


def _is_simple(value: str) -> bool:
    return value.isprintable() and '"' not in value and "\\" not in value


def _sign(sign: str) -> str:
    if sign in '"\\':
        return f"\\{sign}"
    if sign.isprintable():
        return sign
    number = ord(sign)
    return {10: "\\n", 9: "\\t"}.get(number) or (f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}")


def _is_block(value: str) -> bool:
    """Whether it can be written line by line: what begins or ends with a blank is not seen as it is."""
    lines = value.removesuffix("\n").split("\n")
    clean = all(line.isprintable() and line == line.rstrip() for line in lines)
    return len(lines) > 1 and clean and lines[0][:1] not in ("", " ") and lines[-1] != ""


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
