# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a row looks that does not say what a device runs: keys and types, no values. Pure.

Where nothing runs, a service may leave the place of the pipelines out, or fill it with something that says nothing:
null, an empty text or object, or a pipeline of no model, with its defaults. Such a filling is *blank*. Whether a blank
place means that nothing runs is not known from the row; its shape is the class for which that can be found out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from ..._core.values import ZERO_UUID, identity, plain

_MOST_SHAPE = 400
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_MODEL = "modeluuid"
_SETTINGS = ("modelnms", "resizingmethod", "preprocessor", "postprocessor")
_MAY_NAME_A_MODEL = re.compile("model|function|network|pipeline")


def is_blank(value: Any) -> bool:
    """Whether what is in the place of the pipelines names no model, and holds nothing that somebody may have set.

    An empty list is not blank: it says that there are none.
    """
    if isinstance(value, list):
        return bool(value) and all(map(_is_blank_pipeline, value))
    return not value or (_is_blank_pipeline(value) and any(plain(key) == _MODEL for key in value))


def _is_blank_pipeline(value: Any) -> bool:
    if not isinstance(value, dict):
        return not value
    models = [inner for key, inner in value.items() if plain(key) == _MODEL]
    return all(map(_is_nothing, models)) and all(
        _is_default(plain(key), inner, bool(models)) for key, inner in value.items() if plain(key) != _MODEL
    )


def _is_nothing(value: Any) -> bool:
    return not value or (isinstance(value, str) and (not value.strip() or identity(value) == ZERO_UUID))


def _is_default(name: str, value: Any, has_model: bool) -> bool:
    """Whether a member says nothing by itself. It may name the model, if there is no other place for that."""
    if _is_nothing(value):
        return True
    if isinstance(value, (dict, list)):
        return False
    if name in _SETTINGS:
        return True
    if not has_model or _MAY_NAME_A_MODEL.search(name):
        return False
    return not isinstance(value, str) or (not _UUID.search(value) and value[:1] not in "{[")


def shape_of(raw: Mapping[str, Any], way: Mapping[str, Any] | None, place: tuple[str, ...], found: Any) -> str:
    """Keys and types. A null is as good as left out, but on the way to the place.

    ``way``: the object that the first step of the place leads to, if it is one. ``found``: what is in the place.
    """
    parts = []
    for key, value in sorted(raw.items()):
        if plain(key) == plain(place[0]):
            parts.append(f"{_name(key)}: {kind(value) if way is None else _members(way, plain(place[-1]), found)}")
        elif value is not None:
            parts.append(f"{_name(key)}: {kind(value, of_content=False)}")
    shape = ", ".join(parts) or "an empty row"
    if len(shape) > _MOST_SHAPE:
        shape = f"{shape[:_MOST_SHAPE]}… {sha256(shape.encode('utf-8', 'replace')).hexdigest()[:12]}"
    return shape


def _members(row: Mapping[str, Any], place: str = "", found: Any = None) -> str:
    """Of an object. Of what is in the place one level more, unless there is nothing."""
    kinds = {
        key: _content(found) if found is not None and plain(key) == place else kind(value) for key, value in row.items()
    }
    return f"{{{', '.join(f'{_name(key)}: {kinds[key]}' for key in sorted(row))}}}"


def _content(value: Any) -> str:
    if isinstance(value, list):
        return f"[{' | '.join(sorted(set(map(_content, value))))}]"
    return _members(value) if isinstance(value, dict) and value else kind(value)


def _name(key: str) -> str:
    """A key as it is written; what is in it of ids or odd characters would make a class of its own."""
    name = _UUID.sub("UUID", str(key))
    return name if re.fullmatch(r"[A-Za-z0-9_. -]{1,60}", name) else json.dumps(name)[:60]


def kind(value: Any, of_content: bool = True) -> str:
    """The type in JSON's words. ``of_content``: an empty one, and a text that is a UUID, are types of their own."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    name = "text" if isinstance(value, str) else "list" if isinstance(value, list) else "object"
    if of_content and not value:
        return f"empty {name}"
    if of_content and isinstance(value, str) and _UUID.fullmatch(value.strip("{}")):
        return "zero UUID" if identity(value) == ZERO_UUID else "UUID"
    return name
