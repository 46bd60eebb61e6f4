# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One model as more than one row shows it. The views of the service differ (contract F7): each may leave fields out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from ..._core.values import folded, mapping, plain
from ..contract.contract import Row
from .records import Model

_RFC_3339 = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(?:Z|\+00:00)")


def merged(first: Row, second: Row) -> Row:
    """What the second view shows counts; what it leaves out comes from the first.

    A view was reported whose fields are all there and empty. It is known by the details of the input, which every model
    has: without them, nothing that is empty counts as shown.
    """
    return _over(first, second, whole=bool(mapping(folded(second).get("inputdriverdetails"))))


def _over(first: Row, second: Row, whole: bool) -> dict[str, Any]:
    names = {plain(name): name for name in first}
    result: dict[str, Any] = dict(first)
    for key, value in second.items():
        name = names.get(plain(key), key)
        inner: Any = result.get(name)
        if value is None or (not whole and value in ("", [], {}, 0)):
            continue
        both = isinstance(inner, dict) and isinstance(value, dict)
        result[name] = _over(inner, value, whole) if both else value
    return result


def one_of_each(rows: Iterable[Row]) -> list[Model]:
    """A model that is listed more than once, such as once for each of its catalogues, is one, in all of them."""
    found: dict[str, Model] = {}
    for row in rows:
        model = Model.from_api(row)
        there = found.get(model.uuid)
        if there is not None:
            model = _both(there, model)
        found[model.uuid] = model
    return list(found.values())


def _both(one: Model, other: Model) -> Model:
    """Rows that say when they were changed may be versions of the model: then the last one counts."""
    times = [_time(each) for each in (one, other)]
    if None not in times and times[0] != times[1]:
        older, newer = sorted((one, other), key=lambda each: str(_time(each)))
        return Model.from_api(merged(older.raw, newer.raw))
    ways = (one.catalogue_uuids, other.catalogue_uuids)
    known = list(dict.fromkeys(uuid for each in ways for uuid in each or ()))
    row = _over(one.raw, other.raw, whole=False)
    return Model.from_api(row if ways == (None, None) else {**_without_catalogues(row), "Catalogues": known})


def _time(model: Model) -> str | None:
    """When it was changed, in a form whose order is that of time; None where it is in another one."""
    found = _RFC_3339.fullmatch(model.updated_at or "")
    return f"{found[1]}{found[2] or '.':0<10}" if found else None


def _without_catalogues(row: Row) -> dict[str, Any]:
    return {name: value for name, value in row.items() if plain(name) != "catalogues"}
