# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What rewrites are made of. Each function gives a rewrite; a variant is a few of them, the outermost first.

A member is named by a dotted path, such as ``nxAI.pipelines``; a kind of record by the operations that show it.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from .layer import Ask, Asked, Rewrite, Told, pattern, refusal

MODEL, CATALOGUE = ("list_models", "get_model"), ("list_catalogues", "get_catalogue")
SITE, SERVER, DEVICE = ("list_sites",), ("list_servers",), ("list_devices",)
LISTS = ("list_models", "list_catalogues", "list_sites", "list_servers", "list_devices")
WRITES = (
    "create_model", "update_model", "delete_model", "create_catalogue", "rename_catalogue", "delete_catalogue",
    "put_pipelines",
)  # fmt: skip
CREATES = ("create_model", "create_catalogue")

Row = dict[str, Any]


def before(operations: tuple[str, ...], change: Callable[[Asked], Told | None]) -> Rewrite:
    """Change a request in place, or answer it at once."""

    async def rewrite(asked: Asked, ask: Ask) -> Told:
        answer = change(asked) if asked.operation in operations else None
        return answer if answer is not None else await ask(asked)

    return rewrite


def demands(operations: tuple[str, ...], check: Callable[[Asked], Told | None]) -> Rewrite:
    """What a request has to be like. The client may well do so already, so it counts as a difference all the same."""

    def change(asked: Asked) -> Told | None:
        asked.memory["demanded"] = True
        return check(asked)

    return before(operations, change)


def after(operations: tuple[str, ...], change: Callable[[Asked, Told], Told | None]) -> Rewrite:
    """Change a good answer in place, or give another one. Without operations: every good answer."""

    async def rewrite(asked: Asked, ask: Ask) -> Told:
        kept, answer = asked.copy(), await ask(asked)
        if answer.good and (not operations or kept.operation in operations):
            return change(kept, answer) or answer
        return answer

    return rewrite


def answers(operations: tuple[str, ...], change: Callable[[Any], Any]) -> Rewrite:
    """The data of good answers becomes what ``change`` makes of it."""

    def changed(_asked: Asked, answer: Told) -> None:
        answer.data = change(answer.data)

    return after(operations, changed)


def rows(operations: tuple[str, ...], change: Callable[[Row], Row | None]) -> Rewrite:
    """Each record becomes what ``change`` makes of it; None leaves it out."""

    def changed(data: Any) -> Any:
        if isinstance(data, list):
            return [made for row in data if (made := change(row)) is not None]
        return change(data)

    return answers(operations, changed)


# Members


def take(row: Row, path: str) -> Any:
    """Remove a member and return it; ``MISSING`` where there is none."""
    *outer, last = path.split(".")
    inner: Any = row
    for name in outer:
        inner = inner.get(name) if isinstance(inner, dict) else None
    return inner.pop(last, MISSING) if isinstance(inner, dict) else MISSING


MISSING = object()


def put(row: Row, path: str, value: Any) -> None:
    *outer, last = path.split(".")
    for name in outer:
        row = row.setdefault(name, {})
    row[last] = value


def moved(operations: tuple[str, ...], old: str, new: str) -> Rewrite:
    """A member under another name or in another place."""

    def change(row: Row) -> Row:
        value = take(row, old)
        if value is not MISSING:
            put(row, new, value)
        return row

    return rows(operations, change)


def dropped(operations: tuple[str, ...], *paths: str) -> Rewrite:
    def change(row: Row) -> Row:
        for path in paths:
            take(row, path)
        return row

    return rows(operations, change)


def member(operations: tuple[str, ...], path: str, change: Callable[[Any], Any]) -> Rewrite:
    """The value of a member, where it is there, becomes what ``change`` makes of it (``MISSING``: it goes)."""

    def changed(row: Row) -> Row:
        value = take(row, path)
        made = value if value is MISSING else change(value)
        if made is not MISSING:
            put(row, path, made)
        return row

    return rows(operations, changed)


def added(operations: tuple[str, ...], **members: Any) -> Rewrite:
    return rows(operations, lambda row: {**row, **copy.deepcopy(members)})


def walked(value: Any, change: Callable[[Any], Any]) -> Any:
    """``change`` on every value inside, innermost first."""
    if isinstance(value, dict):
        value = {name: walked(inner, change) for name, inner in value.items()}
    elif isinstance(value, list):
        value = [walked(inner, change) for inner in value]
    return change(value)


def keys(value: Any, change: Callable[[str], str]) -> Any:
    """``change`` on every key inside."""
    return walked(
        value,
        lambda inner: {change(key): each for key, each in inner.items()} if isinstance(inner, dict) else inner,
    )


# Pipelines, as devices show them


def pipelines(change: Callable[[list[Row]], Any]) -> Rewrite:
    return member(DEVICE, "nxAI.pipelines", change)


def each_pipeline(change: Callable[[Row], Any]) -> Rewrite:
    return pipelines(lambda found: [change(each) for each in found])


def fresh_only(change: Callable[[Row], Row]) -> Rewrite:
    """The rows of cameras without pipelines."""
    return rows(DEVICE, lambda row: row if row["nxAI"]["pipelines"] else change(row))


# Bodies that are sent


def sent(operations: tuple[str, ...], names: Mapping[str, str]) -> Rewrite:
    """The service's own names of members (theirs -> ours). Ours are not known to it, and theirs are required."""

    def change(asked: Asked) -> Told | None:
        data = asked.data
        for theirs, ours in names.items():
            if theirs not in data:
                return refusal(400, "Some members are missing or not right", Field={theirs: "is required"})
            data[ours] = data.pop(theirs)
        asked.data = data
        return None

    return before(operations, change)


def sent_pipelines(change: Callable[[Row], Row | str]) -> Rewrite:
    """Each pipeline of a PUT; a text is why it is refused."""

    def changed(asked: Asked) -> Told | None:
        data = asked.data
        made = [change(dict(each)) for each in data["Pipelines"]]
        wrong = {f"Pipelines.{place}": each for place, each in enumerate(made) if isinstance(each, str)}
        data["Pipelines"] = made
        asked.data = data
        return refusal(400, "Some members are missing or not right", Field=wrong) if wrong else None

    return demands(("put_pipelines",), changed)


def _as_number(value: Any) -> Any:
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return value


def numbers_from_text() -> Rewrite:
    """A PUT takes numbers as text too."""
    return sent_pipelines(lambda each: dict(walked(each, _as_number)))


# Uploads


def with_data(body: bytes, change: Callable[[Row], Row]) -> bytes:
    """A multipart body whose part ``data`` is changed."""
    found = re.search(rb'name="data"[^\r]*\r\n(?:[^\r]+\r\n)*\r\n(.*?)\r\n--', body, re.DOTALL)
    if not found:
        return body
    return body[: found.start(1)] + json.dumps(change(json.loads(found.group(1)))).encode() + body[found.end(1) :]


def renamed_part(names: Mapping[str, str], required: bool = True) -> Rewrite:
    """Members of the part ``data`` have other names (theirs -> ours). Ours are not known."""

    def changed(asked: Asked) -> Told | None:
        missing: list[str] = []

        def change(data: Row) -> Row:
            missing.extend(theirs for theirs in names if theirs not in data and asked.method == "POST")
            kept = {key: value for key, value in data.items() if key not in names.values()}
            return {names.get(key, key): value for key, value in kept.items()}

        asked.body = with_data(asked.body, change)
        return refusal(400, f"{missing[0]} is required") if missing and required else None

    return before(("create_model", "update_model"), changed)


# Paths


def elsewhere(theirs: str, ours: str, status: int = 404) -> Rewrite:
    """An operation at another place, each as ``METHOD /path/{place}``; at ours there is nothing."""
    their_method, their_path = theirs.split()
    our_method, our_path = ours.split()
    shown, known = pattern(their_path), pattern(our_path)

    async def rewrite(asked: Asked, ask: Ask) -> Told:
        found = shown.fullmatch(asked.path)
        if asked.method == their_method and found:
            return await ask(asked.copy(method=our_method, path=our_path.format(**found.groupdict())))
        if asked.method == our_method and known.fullmatch(asked.path):
            return refusal(status, {404: "Not Found", 405: "Method Not Allowed"}.get(status, "Refused"))
        return await ask(asked)

    return rewrite


# Answers as a whole


def wrapped(name: str, operations: tuple[str, ...] = LISTS, **beside: Any) -> Rewrite:
    """Lists inside an object, at a dotted path."""

    def change(data: Any) -> Any:
        found: Row = {}
        put(found, name, data)
        return {**found, **beside} if isinstance(data, list) else data

    return answers(operations, change)


def status(operations: tuple[str, ...], code: int, body: bytes | None = None, content_type: str = "") -> Rewrite:
    """Another success than 200, or another body."""

    def change(_asked: Asked, answer: Told) -> None:
        answer.status = code
        answer.body = answer.body if body is None else body
        if content_type:
            answer.headers["content-type"] = content_type

    return after(operations, change)


def fails_after(operations: tuple[str, ...], answer: Callable[[], Told], times: int = 1) -> Rewrite:
    """The effect takes place, and the answer is an error, for the first requests of each operation."""

    def change(asked: Asked, _answer: Told) -> Told | None:
        count = asked.memory[asked.operation] = asked.memory.get(asked.operation, 0) + 1
        return answer() if count <= times else None

    return after(operations, change)


def refused(operations: tuple[str, ...], when: Callable[[Asked], bool], answer: Callable[[], Told]) -> Rewrite:
    return before(operations, lambda asked: answer() if when(asked) else None)


PAGE = b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"


def web_page(code: int) -> Told:
    return Told(code, PAGE, {"content-type": "text/html"})
