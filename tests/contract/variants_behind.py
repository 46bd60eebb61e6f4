# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Listings that are behind, change between two looks or have another form, and creations that name something else."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from .layer import TOTAL, Ask, Asked, Rewrite, Told, told
from .rewrites import CATALOGUE, DEVICE, LISTS, MODEL, after, answers, wrapped
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


def _job_row(uuid: str, seconds: float, **members: Any) -> Rewrite:
    """A new model has a second row, that of its conversion."""

    async def rewrite(asked: Asked, ask: Ask) -> Told:
        answer = await ask(asked)
        if asked.operation == "create_model" and answer.good:
            asked.memory.update(until=asked.now + seconds, made=answer.data["UUID"])
        if asked.operation == "list_models" and answer.good and asked.now < asked.memory.get("until", 0):
            mine = [row for row in answer.data if row["UUID"] == asked.memory["made"]]
            answer.data = [*answer.data, *({**row, "UUID": uuid, **members} for row in mine)]
        return answer

    return rewrite


def _in_range(_asked: Asked, answer: Told) -> None:
    answer.headers.pop(TOTAL, None)
    answer.headers["content-range"] = f"items 0-{len(answer.data) - 1}/{len(answer.data)}"


def _without_queue(rows: Any) -> Any:
    return [row for row in rows if row["Name"] != "Queue"]


_ZERO = "00000000-0000-0000-0000-000000000000"
_TASK = "00000000-1111-4111-8111-111111111111"
_lists, _catalogue, _model = row_of("lists"), row_of("catalogues"), row_of("models")
_device = row_of("devices")
VARIANTS = (
    _catalogue("catalogue-one-for-all", "a creation answers the one that is there", _house(False), outcome=STOPS),
    _catalogue("catalogue-other-answered", "a creation works and answers another one", _house(True), outcome=WORKS),
    _catalogue("catalogues-behind", "each second listing is 20 s behind", _behind(CATALOGUE, 20, 2), outcome=WORKS),
    _device("devices-behind", "each second listing is 20 s behind", _behind(DEVICE, 20, 2), outcome=STOPS),
    _model("models-behind", "each second listing is 20 s behind", _behind(("list_models",), 20, 2), outcome=WORKS),
    _model(
        "models-behind-both-views", "each second answer of a view is 20 s behind", _behind(MODEL, 20, 2), outcome=WORKS
    ),
    _model(
        "models-newest-now-and-then",
        "each second listing lacks the newest",
        _each_nth(("list_models",), 2, _without_queue),
        outcome=WORKS,
    ),
    _catalogue(
        "catalogues-now-and-then",
        "each second listing is empty",
        _each_nth(CATALOGUE, 2, lambda _rows: []),
        outcome=WORKS,
    ),
    _model(
        "job-row-zero", "a new model has a second row of the zero UUID for 15 s", _job_row(_ZERO, 15), outcome=WORKS
    ),
    _model(
        "task-and-then",
        "a creation answers the UUID of a task, and each second listing lacks the model",
        after(("create_model",), lambda _asked, _answer: told(202, {"UUID": _TASK})),
        _each_nth(("list_models",), 2, _without_queue),
        outcome=STOPS,
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
    _model(
        "single-in-a-list",
        "the call for one model answers a list with it",
        after(("get_model",), lambda _asked, answer: told(200, [answer.data])),
        outcome=WORKS,
    ),
    _lists("items-has-more", "{items, hasMore}", wrapped("items", hasMore=False), outcome=WORKS),
    _lists("data-and-meta", "{data, meta}", wrapped("data", meta={"page": 1, "pages": 1}), outcome=WORKS),
    _lists("content-range", "the total is in Content-Range", after(LISTS, _in_range), outcome=WORKS),
)
