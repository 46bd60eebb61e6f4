# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The request that assigns pipelines: where it goes, what it holds, what is answered, what it does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .layer import Ask, Asked, Rewrite, Told, refusal, told
from .rewrites import DEVICE, before, demands, elsewhere, fails_after, rows, sent, sent_pipelines, status, web_page
from .variant import ADAPTED, STOPS, WORKS, row_of

_PUT = ("put_pipelines",)
_OURS = "PUT /dev/system/{site_id}/devices/pipelines"
_NONE = "No devices are applicable"


def _place(theirs: str, status: int = 404) -> Rewrite:
    return elsewhere(theirs, _OURS, status)


def _line(**line: str) -> dict[str, Any]:
    return {"put_pipelines": line}


def _not_yet(answer: Callable[[], Told], camera: int = 0, seconds: float = 20) -> Rewrite:
    """A camera of each site cannot be written to for a while, and then no other of the same request is."""

    async def rewrite(asked: Asked, ask: Ask) -> Told:
        if asked.operation == "list_devices":
            found = await ask(asked)
            if found.data:  # behind the last page there is none
                known = asked.memory.setdefault("cameras", {})
                known[asked.path] = [row["NxID"] for row in found.data]
            return found
        if asked.operation in _PUT:
            began = asked.memory.setdefault("began", asked.now)
            ids = asked.memory.get("cameras", {}).get(asked.path.removesuffix("/pipelines"), [])
            busy = ids[camera].lower() if len(ids) > camera else ""
            if asked.now < began + seconds and busy in map(str.lower, asked.data["Devices"]):
                return answer()
        return await ask(asked)

    return rewrite


def _most(count: int, answer: Callable[[], Told]) -> Rewrite:
    return before(_PUT, lambda asked: answer() if len(asked.data["Devices"]) > count else None)


def _required(name: str) -> Rewrite:
    return before(_PUT, lambda asked: None if name in asked.data else refusal(400, f"{name} is required"))


def _partly() -> Rewrite:
    """The answer is a list of results, and one camera of several was not written to, with 207."""

    async def rewrite(asked: Asked, ask: Ask) -> Told:
        if asked.operation not in _PUT:
            return await ask(asked)
        data = asked.data
        done, left = data["Devices"][:1], data["Devices"][1:]
        inner = asked.copy()
        inner.data = {**data, "Devices": done}
        answer = await ask(inner)
        results = [{"NxID": each, "Status": 200} for each in done] + [{"NxID": each, "Status": 503} for each in left]
        return told(207, results) if answer.good else answer

    return rewrite


def _merges() -> Rewrite:
    """A PUT adds to what a device has, and replaces only pipelines of the same model."""

    async def rewrite(asked: Asked, ask: Ask) -> Told:
        if asked.operation not in _PUT:
            return await ask(asked)
        listing = await ask(asked.copy(method="GET", path=asked.path.removesuffix("/pipelines"), body=b""))
        answer, data = Told(200), asked.data
        for row in listing.data:
            if row["NxID"] in map(str.lower, data["Devices"]):
                named = {each["modelUUID"] for each in data["Pipelines"]}
                had = [each for each in row["nxAI"]["pipelines"] if each["modelUUID"] not in named]
                one = asked.copy()
                one.data = {**data, "Devices": [row["NxID"]], "Pipelines": [*had, *data["Pipelines"]]}
                answer = await ask(one)
        return answer

    return rewrite


def _late(seconds: float) -> Rewrite:
    """What was assigned shows only after so long."""

    async def rewrite(asked: Asked, ask: Ask) -> Told:
        shown = asked.memory.setdefault("shown", {})
        if asked.operation in _PUT:
            listing = await ask(asked.copy(method="GET", path=asked.path.removesuffix("/pipelines"), body=b""))
            for row in listing.data:
                pending = shown.get(row["NxID"], (0.0, {}))[0] > asked.now
                if row["NxID"] in map(str.lower, asked.data["Devices"]) and not pending:
                    shown[row["NxID"]] = (asked.now + seconds, row)
        answer = await ask(asked)
        if asked.operation == "list_devices":
            old = {nxid: row for nxid, (until, row) in shown.items() if asked.now < until}
            answer.data = [old.get(row["NxID"], row) for row in answer.data]
        return answer

    return rewrite


def _precondition(asked: Asked) -> Told | None:
    return None if "if-match" in asked.headers else refusal(428, "If-Match is required")


def _as_list(asked: Asked) -> Told | None:
    if not isinstance(asked.data, list):
        return refusal(400, "json: cannot unmarshal object into []Assignment")
    [asked.data] = asked.data
    return None


def _chained_too(asked: Asked) -> Told | None:
    data = asked.data
    chained = {inner["modelUUID"] for each in data["Pipelines"] for inner in each.get("chains", [])}
    return None if chained <= set(data["Functions"]) else refusal(400, "Functions lacks a model of a chain")


def _all_keys(each: dict[str, Any]) -> dict[str, Any] | str:
    wanted = ("modelUUID", "modelNMS", "resizingMethod", "Preprocessor", "Postprocessor", "chains")
    missing = [name for name in wanted if name not in each]
    return f"{missing[0]} is required" if missing else each


def _one_word(each: dict[str, Any]) -> dict[str, Any] | str:
    return "resizingMethod is not valid" if each.get("resizingMethod") not in ("Letterbox", "Stretch", "Crop") else each


def _no_user_settings(each: dict[str, Any]) -> dict[str, Any] | str:
    return "unknown field UserSettings" if "UserSettings" in each else each


def _message(code: int, body: Any) -> Callable[[], Told]:
    return lambda: told(code, body)


_ENVELOPE = {"assignment": {"devices": "devices", "functions": "functions", "pipelines": "pipelines"}}
_written = row_of("pipelines written")
VARIANTS = (
    _written(
        "put-post",
        "POST in place of PUT",
        _place("POST /dev/system/{site_id}/devices/pipelines", 405),
        outcome=ADAPTED,
        operations=_line(method="POST"),
    ),
    _written(
        "put-patch",
        "PATCH in place of PUT",
        _place("PATCH /dev/system/{site_id}/devices/pipelines", 405),
        outcome=ADAPTED,
        operations=_line(method="PATCH"),
    ),
    _written(
        "put-plural",
        "/dev/systems/{id}/devices/pipelines",
        _place("PUT /dev/systems/{site_id}/devices/pipelines"),
        outcome=ADAPTED,
        operations=_line(path="/systems/{site_id}/devices/pipelines"),
    ),
    _written(
        "put-short",
        "/dev/system/{id}/pipelines",
        _place("PUT /dev/system/{site_id}/pipelines"),
        outcome=ADAPTED,
        operations=_line(path="/system/{site_id}/pipelines"),
    ),
    _written(
        "put-page",
        "the same, and a web page with 200 where it was",
        _place("PUT /dev/system/{site_id}/pipelines", 200),
        operations=_line(path="/system/{site_id}/pipelines"),
        outcome=ADAPTED,
    ),
    _written(
        "envelope-lower",
        "devices, functions, pipelines",
        sent(_PUT, {"devices": "Devices", "functions": "Functions", "pipelines": "Pipelines"}),
        outcome=ADAPTED,
        fields=_ENVELOPE,
    ),
    _written(
        "envelope-nxids",
        "NxIDs in place of Devices",
        sent(_PUT, {"NxIDs": "Devices"}),
        outcome=ADAPTED,
        fields={"assignment": {"devices": "NxIDs"}},
    ),
    _written(
        "envelope-models",
        "Models in place of Functions",
        sent(_PUT, {"Models": "Functions"}),
        outcome=ADAPTED,
        fields={"assignment": {"functions": "Models"}},
    ),
    _written(
        "envelope-extra",
        "Customization is required as well",
        _required("Customization"),
        outcome=ADAPTED,
        assignment={"extra": {"Customization": "metavms"}},
    ),
    _written(
        "envelope-site",
        "SystemID is required as well",
        _required("SystemID"),
        outcome=ADAPTED,
        assignment={"site": "SystemID"},
    ),
    _written(
        "envelope-ticket",
        "Ticket is required as well, which nothing says how to fill",
        _required("Ticket"),
        outcome=STOPS,
    ),
    _written(
        "envelope-list",
        "a list of assignments is wanted",
        before(_PUT, _as_list),
        outcome=ADAPTED,
        assignment={"as_list": True},
    ),
    _written(
        "functions-chained",
        "Functions has to name chained models too",
        demands(_PUT, _chained_too),
        outcome=WORKS,
    ),
    _written("all-keys", "each pipeline needs all six keys", sent_pipelines(_all_keys), outcome=WORKS),
    _written("method-words", "only Letterbox, Stretch and Crop, spelt so", sent_pipelines(_one_word), outcome=WORKS),
    _written(
        "unknown-keys-refused",
        "a PUT with UserSettings is refused, though rows show it",
        sent_pipelines(_no_user_settings),
        outcome=STOPS,
    ),
    _written(
        "one-each-422",
        "one device for each request, else 422",
        _most(1, lambda: refusal(422, "Too many devices")),
        outcome=WORKS,
    ),
    _written(
        "one-each-400",
        "one device for each request, else 400",
        _most(1, lambda: refusal(400, "Devices must have at most 1 element")),
        outcome=WORKS,
    ),
    _written(
        "two-each-413",
        "two devices for each request, else 413",
        _most(2, lambda: refusal(413, "Too many devices")),
        outcome=WORKS,
    ),
    _written("put-201", "201", status(_PUT, 201), outcome=WORKS),
    _written(
        "put-202",
        "202 and a task",
        status(_PUT, 202, b'{"TaskUUID": "0c0c0c0c-1111-4111-8111-111111111111"}'),
        outcome=WORKS,
    ),
    _written("put-204", "204", status(_PUT, 204), outcome=WORKS),
    _written("put-empty", "200 with nothing", status(_PUT, 200, b""), outcome=WORKS),
    _written("put-ok", "200 with OK as text", status(_PUT, 200, b"OK", "text/plain"), outcome=WORKS),
    _written("put-207", "207, and only the first device is written to", _partly(), outcome=WORKS),
    _written("put-merges", "a PUT adds, and takes nothing away", _merges(), outcome=STOPS),
    _written("put-late", "what was assigned shows after 40 s", _late(40), outcome=WORKS),
    _written("put-very-late", "what was assigned shows after ten minutes", _late(600), outcome=STOPS),
    _written(
        "put-precondition",
        "428 without If-Match",
        before(_PUT, _precondition),
        outcome=ADAPTED,
        assignment={"if_match": True},
    ),
    _written(
        "put-500-after", "a web page with 500 after the effect", fails_after(_PUT, lambda: web_page(500)), outcome=WORKS
    ),
    _written(
        "put-502-after",
        "a web page with 502 after the effect, twice",
        fails_after(_PUT, lambda: web_page(502), times=2),
        outcome=WORKS,
    ),
    _written(
        "put-400-after",
        "400 after the effect",
        fails_after(_PUT, lambda: refusal(400, "deployment failed")),
        outcome=WORKS,
    ),
    _written(
        "put-200-page-after",
        "a web page with 200 after the effect",
        fails_after(_PUT, lambda: web_page(200)),
        outcome=WORKS,
    ),
    _written("busy-422", "422, as it is known, for 20 s", _not_yet(_message(422, {"Message": _NONE})), outcome=WORKS),
    _written(
        "busy-other-words",
        "422 in other words",
        _not_yet(_message(422, {"Message": "no suitable targets"})),
        words={"not_applicable": ["suitable"]},
        outcome=ADAPTED,
    ),
    _written(
        "busy-problem",
        "422 as a problem of RFC 9457",
        _not_yet(_message(422, {"type": "about:blank", "title": "Unprocessable", "detail": _NONE})),
        outcome=WORKS,
    ),
    _written(
        "busy-errors",
        "422 with a list of errors",
        _not_yet(_message(422, {"errors": [{"message": _NONE}]})),
        outcome=WORKS,
    ),
    _written(
        "busy-error-object",
        "422 with an object error",
        _not_yet(_message(422, {"error": {"code": 17, "message": _NONE}})),
        outcome=WORKS,
    ),
    _written(
        "busy-text",
        "422 with a text",
        _not_yet(lambda: Told(422, _NONE.encode(), {"content-type": "text/plain"})),
        outcome=WORKS,
    ),
    _written("busy-409", "409 in place of 422", _not_yet(_message(409, {"Message": _NONE})), outcome=WORKS),
    _written("busy-400", "400 in place of 422", _not_yet(_message(400, {"Message": _NONE})), outcome=WORKS),
    _written(
        "busy-404",
        "404 in place of 422",
        _not_yet(_message(404, {"Message": "The device is not known"})),
        outcome=WORKS,
    ),
    _written(
        "busy-400-words",
        "400 that asks to try again",
        _not_yet(_message(400, {"Message": "The camera is restarting, please try again"})),
        outcome=WORKS,
    ),
    _written("busy-423", "423 in other words", _not_yet(_message(423, {"Message": "Locked"})), outcome=WORKS),
    _written("busy-503", "503 in place of 422", _not_yet(_message(503, {"Message": "Unavailable"})), outcome=WORKS),
    _written(
        "busy-200",
        "200 with the Message, and nothing is done",
        _not_yet(_message(200, {"Message": _NONE})),
        outcome=WORKS,
    ),
    _written(
        "busy-forever",
        "422 for as long as one waits",
        _not_yet(_message(422, {"Message": _NONE}), seconds=9999),
        outcome=STOPS,
    ),
    _written(
        "busy-not-named",
        "a camera that is not enabled, though nothing says so, gets 422",
        rows(DEVICE, lambda row: {name: value for name, value in row.items() if name != "Enabled"}),
        _not_yet(_message(422, {"Message": _NONE}), camera=1, seconds=9999),
        outcome=STOPS,
    ),
)
