# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""In which form a model goes out: parts, JSON, and members that are asked for."""

from __future__ import annotations

from collections.abc import Callable

from .layer import Asked, Rewrite, Told, refusal
from .rewrites import MODEL, added, before
from .variant import ADAPTED, STOPS, WORKS, row_of

_UPLOADS = ("create_model", "update_model")


def _needs(operations: tuple[str, ...], sign: bytes, answer: Callable[[], Told]) -> Rewrite:
    return before(operations, lambda asked: None if sign in asked.body else answer())


def _json_only(operations: tuple[str, ...], code: int = 415, message: str = "Unsupported Media Type") -> Rewrite:
    def change(asked: Asked) -> Told | None:
        multipart = asked.headers.get("content-type", "").startswith("multipart/")
        return refusal(code, message) if multipart else None

    return before(operations, change)


_upload = row_of("upload")
VARIANTS = (
    _upload(
        "part-json",
        "the part data has to say that it is JSON",
        _needs(
            _UPLOADS, b"Content-Type: application/json", lambda: refusal(415, "the part data is not application/json")
        ),
        outcome=WORKS,
    ),
    _upload(
        "part-json-400",
        "the same, answered with 400",
        _needs(_UPLOADS, b"Content-Type: application/json", lambda: refusal(400, "data: no such JSON")),
        outcome=ADAPTED,
        upload={"create_body": "multipart_json", "change_body": "multipart_json"},
    ),
    _upload(
        "extra-member",
        "a create needs Visibility, which models show",
        _needs(("create_model",), b'"Visibility"', lambda: refusal(400, "Visibility is required")),
        added(MODEL, Visibility="private"),
        outcome=ADAPTED,
        upload={"extra": {"Visibility": "private"}},
    ),
    _upload(
        "extra-member-not-shown",
        "a create needs Visibility, which nothing shows",
        _needs(("create_model",), b'"Visibility"', lambda: refusal(400, "Visibility is required")),
        outcome=STOPS,
        upload={"extra": {"Visibility": "private"}},
    ),
    _upload("create-base64", "only JSON with the file as base64", _json_only(("create_model",)), outcome=WORKS),
    _upload(
        "create-base64-400",
        "the same, answered with 400",
        _json_only(("create_model",), 400, "invalid character '-' in numeric literal"),
        outcome=ADAPTED,
        upload={"create_body": "json"},
    ),
    _upload("all-json", "creates and changes take JSON alone", _json_only(_UPLOADS), outcome=WORKS),
    _upload(
        "patch-needs-file",
        "a PATCH without a file gets 400",
        _needs(("update_model",), b'name="file"', lambda: refusal(400, "http: no such file")),
        outcome=STOPS,
    ),
    _upload(
        "patch-json-400",
        "the same, answered with 400",
        _json_only(("update_model",), 400, "invalid character '-' in numeric literal"),
        outcome=ADAPTED,
        upload={"change_body": "json"},
    ),
    _upload("patch-json", "a PATCH takes JSON alone", _json_only(("update_model",)), outcome=WORKS),
)
