# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Uploads, statuses and errors: what the service takes, and how it answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .layer import Ask, Asked, Rewrite, Told, refusal, told
from .rewrites import (
    CREATES,
    LISTS,
    WRITES,
    after,
    before,
    demands,
    elsewhere,
    fails_after,
    status,
    web_page,
)
from .variant import ADAPTED, STOPS, WORKS, row_of
from .world import FOREIGN

_UPLOADS, _DELETES = ("create_model", "update_model"), ("delete_model", "delete_catalogue")
_ZERO = "00000000-0000-0000-0000-000000000000"
_OTHER = "0c0c0c0c-1111-4111-8111-111111111111"


def _parts(**names: str) -> Rewrite:
    """Parts of the multipart body under other names (ours -> theirs); ours are not known."""

    def change(asked: Asked) -> Told | None:
        for ours, theirs in names.items():
            if b'name="%s"' % ours.encode() in asked.body:
                return refusal(400, f"http: no such part: {theirs}")
            asked.body = asked.body.replace(b'name="%s"' % theirs.encode(), b'name="%s"' % ours.encode())
        return None

    return before(_UPLOADS, change)


def _file_name(asked: Asked) -> Told | None:
    return None if b'.onnx"' in asked.body or b"filename" not in asked.body else refusal(400, "only .onnx")


def _created(change: Callable[[str], Told], operations: tuple[str, ...] = CREATES) -> Rewrite:
    return after(operations, lambda _asked, answer: change(answer.data["UUID"]))


def _located(uuid: str) -> Told:
    return Told(201, b"", {"location": f"/cpt/function/{uuid}"})


def _at(**lines: str) -> dict[str, Any]:
    return {"operations": {"update_model": lines}}


_MODEL = "/cpt/function/{uuid}"
_upload = row_of("upload")
_status = row_of("statuses")
_error = row_of("errors")
_UPLOAD = (
    _upload(
        "parts-renamed",
        "parts metadata and model",
        _parts(data="metadata", file="model"),
        outcome=ADAPTED,
        upload={"data": "metadata", "file": "model"},
    ),
    _upload(
        "part-onnx",
        "the part of the file is called onnx",
        _parts(file="onnx"),
        outcome=ADAPTED,
        upload={"file": "onnx"},
    ),
    _upload(
        "file-name",
        "the name of the file has to end with .onnx",
        demands(_UPLOADS, _file_name),
        outcome=WORKS,
    ),
    _upload(
        "create-singular",
        "created at /cpt/function",
        elsewhere("POST /cpt/function", "POST /cpt/functions"),
        outcome=ADAPTED,
        operations={"create_model": {"path": "/function"}},
    ),
    _upload(
        "create-models",
        "created at /cpt/models",
        elsewhere("POST /cpt/models", "POST /cpt/functions", 405),
        outcome=ADAPTED,
        operations={"create_model": {"path": "/models"}},
    ),
    _upload(
        "patch-put",
        "PUT in place of PATCH",
        elsewhere(f"PUT {_MODEL}", f"PATCH {_MODEL}", 405),
        outcome=ADAPTED,
        **_at(method="PUT"),
    ),
    _upload(
        "patch-post",
        "POST in place of PATCH",
        elsewhere(f"POST {_MODEL}", f"PATCH {_MODEL}", 405),
        outcome=ADAPTED,
        **_at(method="POST"),
    ),
    _upload(
        "patch-plural",
        "changed at /cpt/functions/{uuid}",
        elsewhere("PATCH /cpt/models/{uuid}", f"PATCH {_MODEL}"),
        outcome=ADAPTED,
        **_at(path="/models/{uuid}"),
    ),
    _upload(
        "delete-plural",
        "deleted at /cpt/models/{uuid}",
        elsewhere("DELETE /cpt/models/{uuid}", f"DELETE {_MODEL}", 405),
        outcome=ADAPTED,
        operations={"delete_model": {"path": "/models/{uuid}"}},
    ),
    _upload(
        "created-no-id",
        "a create answers without an id",
        _created(lambda _uuid: told(200, {"Message": "Ok"})),
        outcome=WORKS,
    ),
    _upload(
        "created-zero-id",
        "a create answers the zero UUID",
        _created(lambda _uuid: told(200, {"Message": "Ok", "UUID": _ZERO})),
        outcome=WORKS,
    ),
    _upload("created-other-member", "the id is in ID", _created(lambda uuid: told(200, {"ID": uuid})), outcome=WORKS),
    _upload(
        "created-nested",
        "the id is in Data.UUID",
        _created(lambda uuid: told(200, {"Data": {"UUID": uuid}})),
        outcome=WORKS,
    ),
    _upload(
        "created-list",
        "a create answers a list with the record",
        _created(lambda uuid: told(200, [{"UUID": uuid}])),
        outcome=WORKS,
    ),
    _upload("created-text", "a create answers the id as text", _created(lambda uuid: told(201, uuid)), outcome=WORKS),
    _upload("created-location", "201 with nothing but Location", _created(_located), outcome=WORKS),
    _upload("created-201", "201", status(CREATES, 201), outcome=WORKS),
    _upload("created-202", "202 with a task", _created(lambda _uuid: told(202, {"TaskUUID": _OTHER})), outcome=WORKS),
    _upload("created-204", "204", status(CREATES, 204), outcome=WORKS),
    _upload(
        "created-task-id",
        "UUID is that of a task, not of the model",
        _created(lambda _uuid: told(202, {"UUID": _OTHER}), ("create_model",)),
        outcome=WORKS,
    ),
    _upload(
        "created-there-before",
        "UUID is that of a model that was there before",
        _created(lambda _uuid: told(200, {"UUID": FOREIGN}), ("create_model",)),
        outcome=WORKS,
    ),
    _upload(
        "one-of-each-file",
        "nothing is created, and UUID is that of a model that was there before",
        before(("create_model",), lambda _asked: told(200, {"UUID": FOREIGN})),
        outcome=STOPS,
    ),
)


def _second_only(answer: Callable[[], Told], operations: tuple[str, ...]) -> Rewrite:
    """The first request of each operation fails, without an effect."""

    def change(asked: Asked) -> Told | None:
        seen = asked.memory.setdefault("seen", set())
        if asked.operation not in operations or asked.operation in seen:
            return None
        seen.add(asked.operation)
        return answer()

    return before(operations, change)


def _gone_late(seconds: float) -> Rewrite:
    """What was deleted is listed for a while longer."""

    async def rewrite(asked: Asked, ask: Ask) -> Told:
        gone = asked.memory.setdefault("gone", [])
        if asked.operation == "delete_model":
            gone.append((asked.now + seconds, (await ask(asked.copy(method="GET"))).data))
        answer = await ask(asked)
        if asked.operation == "list_models":
            answer.data = [*answer.data, *(row for until, row in gone if asked.now < until)]
        return answer

    return rewrite


def _shaped(change: Callable[[int, str], Told]) -> Rewrite:
    """Errors in another form: ``change`` makes them of status and message."""

    async def rewrite(asked: Asked, ask: Ask) -> Told:
        answer = await ask(asked)
        return answer if answer.good else change(answer.status, str(answer.data.get("Message", "")))

    return rewrite


_CHANGES = ("update_model", "rename_catalogue", "put_pipelines")
_STATUSES = (
    _status("writes-201", "201 for all writes", status(WRITES, 201), outcome=WORKS),
    _status("writes-202", "202 for all writes", status(WRITES, 202), outcome=WORKS),
    _status("changes-204", "204 for changes and deletes", status((*_CHANGES, *_DELETES), 204), outcome=WORKS),
    _status(
        "changes-empty",
        "200 with nothing for changes and deletes",
        status((*_CHANGES, *_DELETES), 200, b""),
        outcome=WORKS,
    ),
    _status(
        "changes-text",
        "Done as text/html for changes and deletes",
        status((*_CHANGES, *_DELETES), 200, b"Done", "text/html"),
        outcome=WORKS,
    ),
    _status("reads-203", "203 for all lists", status(LISTS, 203), outcome=WORKS),
    _status("reads-206", "206 for all lists", status(LISTS, 206), outcome=WORKS),
    _status(
        "delete-404",
        "404 after a delete that worked",
        status(_DELETES, 404, b'{"Message": "There is no such function"}'),
        outcome=WORKS,
    ),
    _status(
        "delete-410", "410 after a delete that worked", status(_DELETES, 410, b'{"Message": "Gone"}'), outcome=WORKS
    ),
    _status("delete-late", "what was deleted is listed for 20 s more", _gone_late(20), outcome=WORKS),
    _status(
        "429-first",
        "429 for the first request of each kind, with Retry-After",
        _second_only(lambda: Told(429, b"{}", {"retry-after": "3"}), (*LISTS, *WRITES)),
        outcome=WORKS,
    ),
    _status(
        "503-first", "503 for the first request of each read", _second_only(lambda: web_page(503), LISTS), outcome=WORKS
    ),
    _status(
        "500-first",
        "500 for the first request of each read",
        _second_only(lambda: refusal(500, "context deadline exceeded"), LISTS),
        outcome=WORKS,
    ),
    _status(
        "520-first",
        "520 of a proxy for the first request of each read",
        _second_only(lambda: web_page(520), LISTS),
        outcome=WORKS,
    ),
    _status(
        "408-first",
        "408 for the first request of each read",
        _second_only(lambda: refusal(408, "Request Timeout"), LISTS),
        outcome=WORKS,
    ),
)
_ERRORS = (
    _error(
        "create-500-after",
        "500 after a create that worked",
        fails_after(CREATES, lambda: refusal(500, "context deadline exceeded")),
        outcome=WORKS,
    ),
    _error(
        "create-page-after",
        "a web page with 500 after a create that worked",
        fails_after(CREATES, lambda: web_page(500)),
        outcome=WORKS,
    ),
    _error(
        "create-200-page-after",
        "a web page with 200 after a create that worked",
        fails_after(CREATES, lambda: web_page(200)),
        outcome=WORKS,
    ),
    _error(
        "create-504-after", "504 after a create that worked", fails_after(CREATES, lambda: web_page(504)), outcome=WORKS
    ),
    _error(
        "create-400-after",
        "400 after a create that worked",
        fails_after(CREATES, lambda: refusal(400, "conversion could not be queued")),
        outcome=WORKS,
    ),
    _error(
        "create-409-after",
        "409 after a create that worked, as if it had been sent twice",
        fails_after(CREATES, lambda: refusal(409, "it is there already")),
        outcome=WORKS,
    ),
    _error(
        "create-502-twice",
        "502 after each of two creates that worked",
        fails_after(CREATES, lambda: web_page(502), times=2),
        outcome=WORKS,
    ),
    _error(
        "change-500-after",
        "500 after a change that worked",
        fails_after(_CHANGES, lambda: web_page(500)),
        outcome=WORKS,
    ),
    _error(
        "delete-500-after",
        "500 after a delete that worked",
        fails_after(_DELETES, lambda: web_page(500)),
        outcome=WORKS,
    ),
    _error(
        "create-false-success",
        "200 with AuthorizationInvalid for creates, and nothing is done",
        before(CREATES, lambda _asked: refusal(200, "Forbidden", AuthorizationInvalid=True)),
        outcome=STOPS,
    ),
    _error(
        "change-false-success",
        "200 with a Message for changes, and nothing is done",
        before(("update_model",), lambda _asked: refusal(200, "Name is not valid", Field={"Name": "is not valid"})),
        outcome=STOPS,
    ),
    _error(
        "delete-false-success",
        "200 with a Message for deletes, and nothing is done",
        before(("delete_model",), lambda _asked: refusal(200, "The function is in use")),
        outcome=STOPS,
    ),
    _error("waf", "a web page with 403 for writes", before(WRITES, lambda _asked: web_page(403)), outcome=STOPS),
    _error(
        "maintenance",
        "a web page with 200 for all writes, and nothing is done",
        before(WRITES, lambda _asked: web_page(200)),
        outcome=STOPS,
    ),
    _error(
        "patch-501-put",
        "501 for every PATCH, and PUT in its place",
        elsewhere(f"PUT {_MODEL}", f"PATCH {_MODEL}", 501),
        outcome=ADAPTED,
        **_at(method="PUT"),
    ),
    _error(
        "writes-501",
        "501 for every PATCH",
        before(("update_model",), lambda _asked: refusal(501, "Not Implemented")),
        outcome=STOPS,
    ),
    _error(
        "problems",
        "errors as problems of RFC 9457",
        before(("create_model",), lambda _asked: refusal(400, "Name is taken")),
        _shaped(lambda code, text: told(code, {"title": "Bad Request", "detail": text})),
        outcome=STOPS,
    ),
    _error("empty-errors", "errors without a body", before(("create_model",), lambda _asked: Told(400)), outcome=STOPS),
)

VARIANTS = (*_UPLOAD, *_STATUSES, *_ERRORS)
