# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""JSON bodies, read without looking at the content type: clients differ in what they say there."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from starlette.requests import Request

from .answers import Refusal

MAX_JSON = 1 << 30  # bytes; the base64 form of a large model is a large JSON body


MAX_DEPTH = 64  # of arrays and objects in each other; what came in can then be sent out again


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{text} is too large")
    return number


def _check_depth(value: Any) -> None:
    level = [value]
    for _depth in range(MAX_DEPTH):
        level = [
            inner
            for item in level
            if isinstance(item, (dict, list))
            for inner in (item.values() if isinstance(item, dict) else item)
        ]
        if not level:
            return
    raise ValueError(f"more than {MAX_DEPTH} arrays and objects in each other")


async def read_body(request: Request) -> bytes:
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MAX_JSON:
            raise Refusal(413, f"The body is larger than {MAX_JSON} bytes")
        chunks.append(chunk)
    return b"".join(chunks)


def json_value(body: bytes, part: str = "body") -> Any:
    try:
        value = json.loads(body, parse_constant=_no_constant, parse_float=_finite)
        _check_depth(value)
    except (ValueError, RecursionError):
        raise Refusal(400, f"The {part} is not JSON", {part: "must be JSON"}) from None
    return value


def json_object(body: bytes, part: str = "body") -> dict[str, Any]:
    value = json_value(body, part)
    if not isinstance(value, dict):
        raise Refusal(400, f"The {part} is not a JSON object", {part: "must be a JSON object"})
    return value
