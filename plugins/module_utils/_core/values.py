# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values out of JSON of any shape (the value if it is what it should be, else None), and into JSON."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from .errors import BadInput

ZERO_UUID = "00000000-0000-0000-0000-000000000000"
UUID_TEXT = re.compile(r"\{?([0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12})\}?")
_MOST_OF_AN_ID = 1 << 64
_UUID_LENGTHS = range(32, len("{urn:uuid:}") + 36 + 1)  # most texts are shorter: nothing has to be looked for in them
_UUID_FORMS = re.compile(
    r"\{?(?:urn:uuid:)?" + "-?".join(f"([0-9a-f]{{{digits}}})" for digits in (8, 4, 4, 4, 12)) + r"\}?", re.IGNORECASE
)


@lru_cache(maxsize=2048, typed=True)
def plain(name: object) -> str:
    """A name as it is compared: without regard to case, "_" and "-"."""
    return str(name).lower().replace("_", "").replace("-", "")


def folded(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with lower-case keys: the spelling of several fields is not known for sure."""
    lower = {str(key).lower(): value for key, value in row.items()}
    if len(lower) < len(row):  # of two spellings the first one counts
        lower.update((str(key).lower(), row[key]) for key in reversed([*row]))
    return lower


def text(value: Any) -> str | None:
    """A string that can be encoded: lone surrogates, which JSON can carry, become question marks."""
    if not isinstance(value, str):
        return None
    return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")


def encodable(value: Any) -> Any:
    """The same data with each text as ``text`` has it: Ansible cannot give another one to the controller."""
    if isinstance(value, Mapping):
        return {encodable(key): encodable(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [encodable(inner) for inner in value]
    return text(value) if isinstance(value, str) else value


def number(value: Any) -> float | None:
    """A number that can be reckoned with: no whole one either that is too large for a float."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return value if math.isfinite(value) else None
    except OverflowError:
        return None


def flag(value: Any) -> bool | None:
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.lower())
    return value if isinstance(value, bool) else None


def mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def identity(value: Any) -> str:
    """An id in the one form in which ids are compared; "" for what is none.

    Of a UUID that is lower case with dashes, without braces or ``urn:uuid:``. Another text, and a whole number above
    zero, is an id as it is.
    """
    if isinstance(value, str):
        found = _UUID_FORMS.fullmatch(value) if len(value) in _UUID_LENGTHS else None
        return "-".join(found.groups()).lower() if found else text(value) or ""
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if is_number and 0 < value < _MOST_OF_AN_ID else ""


def is_uuid(value: Any) -> bool:
    """Whether somebody means a UUID by this. 32 digits without dashes may be a name."""
    return isinstance(value, str) and "-" in value and UUID_TEXT.fullmatch(identity(value)) is not None


def first_text(row: Mapping[str, Any], *names: str) -> str | None:
    """The first of these fields that holds a text that is not empty."""
    return next((found for name in names if (found := text(row.get(name)))), None)


def to_json(data: Any) -> str:
    try:
        return json.dumps(data, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise BadInput("Prepare the request", f"a value cannot be written as JSON: {error}", "Correct it.") from None
