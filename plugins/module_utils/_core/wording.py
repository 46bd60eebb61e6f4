# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How names and numbers are put to people."""

from __future__ import annotations

import json
from collections.abc import Sequence


def counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def shortened(names: Sequence[str], most: int = 12) -> str:
    """Names for a person: ten thousand of them help nobody."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def printable(name: str) -> str:
    """A name from the service, whatever is in it: on one line, and with nothing that moves the text around it."""
    return name if name.isprintable() else json.dumps(name)


def visible(text: str) -> str:
    """The text with whatever a terminal does not show, or would obey, written as an escape. Lines stay lines."""
    if text.isprintable():
        return text
    return "".join(
        each if each.isprintable() or each == "\n" else each.encode("unicode_escape").decode("ascii") for each in text
    )
