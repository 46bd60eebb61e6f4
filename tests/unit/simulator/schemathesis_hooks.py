# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What OpenAPI has no words for, told to schemathesis: headers that belong together, and which ids there are.

The environment variable KNOWN_IDS holds a JSON object: the beginning of a path -> ids that exist there. Without them
nearly every case would end with 403 or 404, and test little.
"""

from __future__ import annotations

import itertools
import json
import os
from typing import Any, TypeAlias

import schemathesis
from schemathesis import GenerationMode

ACT_AS_KIND, ACT_AS_ID = "X-Act-As-Kind", "X-Act-As-ID"
KNOWN: dict[str, list[str]] = json.loads(os.environ["KNOWN_IDS"])
TURN = itertools.count()
AnyCase: TypeAlias = "schemathesis.Case[Any]"


def known(kind: str, generated: str) -> str:
    """An id that exists, in place of the generated one; one in four is left as it is."""
    if not generated or generated[0] in "0123":
        return generated
    return KNOWN[kind][next(TURN) % len(KNOWN[kind])]


@schemathesis.hook
def map_case(context: schemathesis.HookContext, case: AnyCase) -> AnyCase:
    """Leaves alone what schemathesis made wrong on purpose, and the ids that it took from earlier answers."""
    headers: Any = case.headers or {}
    present = [name for name in (ACT_AS_KIND, ACT_AS_ID) if name in headers]
    if len(present) == 1:  # half a pair is an error that no schema can express; it has its own test
        del headers[present[0]]
    if case.meta is None or case.meta.generation.mode is GenerationMode.NEGATIVE:
        return case
    if len(present) == 2:
        headers[ACT_AS_KIND], headers[ACT_AS_ID] = "organization", known("organization", headers[ACT_AS_ID])
    if case.meta.phase.name.value != "stateful":
        _use_known_ids(case)
    return case


@schemathesis.hook
def filter_case(context: schemathesis.HookContext, case: AnyCase) -> bool:
    """Leaves out what is right after all: an element was to be wrong, and then the list was null."""
    mutations = getattr(case.meta.phase.data, "mutations", ()) if case.meta else ()
    return all(has_list_of(case.body, each.schema_pointer) for each in mutations)


def has_list_of(body: Any, pointer: str) -> bool:
    """Whether a body has the first list that a pointer into its schema leads through; true where it leads through none.

    ``/properties/data/properties/Catalogues/items/...`` leads to ``body["data"]["Catalogues"]``.
    """
    steps = iter(pointer.strip("/").split("/"))
    for step in steps:
        if step == "items":
            return isinstance(body, list) and bool(body)
        if step == "properties":
            body = body.get(next(steps, "")) if isinstance(body, dict) else None
    return True


def _use_known_ids(case: AnyCase) -> None:
    path: dict[str, Any] = case.path_parameters or {}
    for name, value in path.items():
        kind = name if name in ("site_id", "group") else "/".join(case.operation.path.split("/")[:2])
        if kind in KNOWN and isinstance(value, str):
            path[name] = known(kind, value)
    body: Any = case.body
    if isinstance(body, dict) and isinstance(body.get("Pipelines"), list):
        body["Devices"] = KNOWN["nxid"][: 1 + len(body["Devices"])]
        for pipeline in body["Pipelines"]:
            pipeline["modelUUID"] = KNOWN["/function"][-1]
