# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Listings that are behind or change between two looks, and creations that name something else."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from .layer import Ask, Asked, Rewrite, Told, told
from .rewrites import CATALOGUE, LISTS, answers
from .variant import STOPS, WORKS, row_of


def _behind(operations: tuple[str, ...], seconds: float, every: int) -> Rewrite:
    """Each n-th answer to the same request is as it was some time ago."""

    async def rewrite(asked: Asked, ask: Ask) -> Told:
        answer = await ask(asked)
        if asked.operation not in operations or not answer.good:
            return answer
        key = f"{asked.path} {json.dumps(asked.query, sort_keys=True)}"
        past = asked.memory.setdefault(f"past {key}", [])
        past.append((asked.now, answer.body, dict(answer.headers)))
        count = asked.memory[f"count {key}"] = asked.memory.get(f"count {key}", 0) + 1
        if count % every == 0:
            old = [each for each in past if each[0] <= asked.now - seconds] or past[:1]
            answer.body, answer.headers = old[-1][1], dict(old[-1][2])
        return answer

    return rewrite


def _each_nth(operations: tuple[str, ...], every: int, change: Callable[[Any], Any]) -> Rewrite:
    async def rewrite(asked: Asked, ask: Ask) -> Told:
        answer = await ask(asked)
        if asked.operation not in operations or not answer.good:
            return answer
        key = f"nth {asked.path}"
        count = asked.memory[key] = asked.memory.get(key, 0) + 1
        if count % every == 0:
            answer.data = change(answer.data)
        return answer

    return rewrite


def _house(creates: bool) -> Rewrite:
    """A creation of a catalogue answers the UUID of the one that the organisation has."""

    async def rewrite(asked: Asked, ask: Ask) -> Told:
        if asked.operation == "list_catalogues":
            answer = await ask(asked)
            asked.memory.update(house=next((row["UUID"] for row in answer.data if row["Name"] == "House"), ""))
            return answer
        if asked.operation != "create_catalogue":
            return await ask(asked)
        if creates:
            await ask(asked)
        return told(200, {"Message": "Ok", "UUID": asked.memory["house"]})

    return rewrite


_lists, _catalogue = row_of("lists"), row_of("catalogues")
VARIANTS = (
    _catalogue("catalogue-one-for-all", "a creation answers the one that is there", _house(False), outcome=STOPS),
    _catalogue("catalogue-other-answered", "a creation works and answers another one", _house(True), outcome=WORKS),
    _catalogue("catalogues-behind", "each second listing is 20 s behind", _behind(CATALOGUE, 20, 2), outcome=WORKS),
    _catalogue(
        "catalogues-now-and-then",
        "each second listing is empty",
        _each_nth(CATALOGUE, 2, lambda _rows: []),
        outcome=WORKS,
    ),
    _lists(
        "json-api",
        "{data: [{id, type, attributes}]}",
        answers(
            LISTS,
            lambda rows: {
                "data": [{"id": row.get("UUID") or row.get("NxID"), "type": "x", "attributes": row} for row in rows]
            },
        ),
        outcome=STOPS,
    ),
)
