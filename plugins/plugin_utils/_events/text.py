# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Text of the cloud in an event. Rulebooks make variables of events, and Ansible takes a variable for a template."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

_OPENING = re.compile(r"\{(?=[{%#])")
_HEADER = re.compile(r"\A(\s*)#(?=jinja2:)")
_NO_NAME = "_"  # ansible-rulebook comes to a halt, without a word, at a member whose name is empty


def harmless(value: Any) -> Any:
    """The same data, of which no text is a template, and none moves what a terminal shows.

    A space goes between the two characters that would begin a template: ``{ {``. The names that ``_inventory/names.py``
    makes of a text are those that it makes of the harmless one.
    """
    if isinstance(value, str):
        shown = value if value.isprintable() else "".join(map(_shown, value))
        return _HEADER.sub(r"\1# ", _OPENING.sub("{ ", shown))
    if isinstance(value, dict):
        return {harmless(key) or _NO_NAME: harmless(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [harmless(each) for each in value]
    return value


def _shown(character: str) -> str:
    if character.isprintable():
        return character
    if unicodedata.category(character) == "Zs":
        return " "
    return "?" if character.isascii() else "\ufffd"
