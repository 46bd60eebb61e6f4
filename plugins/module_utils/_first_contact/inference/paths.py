# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Other paths that a call may have, the likeliest first. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from ..._api.contract.contract import Contract
from ..._api.contract.operations import ELSEWHERE
from ..._http.operation import Operation
from .draft import Lines

MOST_PATHS = 14  # of those that are made up
_ALIKE = {
    "functions": ("function", "models", "model"),
    "function": ("functions", "model", "models"),
    "catalogues": ("catalogue", "catalogs", "catalog"),
    "catalogue": ("catalogues", "catalog", "catalogs"),
    "systems": ("sites", "system", "site"),
    "system": ("systems", "site", "sites"),
    "servers": ("server", "mediaservers"),
    "devices": ("device", "cameras"),
    "token": ("token",),
}
_BEFORE = ("/v2", "/api/v2", "/v1", "/api/v1")
# What was found of a listing says where its things are written to: the end that comes behind.
_BESIDE = {
    "create_model": ("list_models", ""),
    "update_model": ("list_models", "/{uuid}"),
    "delete_model": ("list_models", "/{uuid}"),
    "get_model": ("list_models", "/{uuid}"),
    "create_catalogue": ("list_catalogues", ""),
    "rename_catalogue": ("list_catalogues", "/{uuid}"),
    "delete_catalogue": ("list_catalogues", "/{uuid}"),
    "put_pipelines": ("list_devices", "/pipelines"),
}
_KNOWN_ELSEWHERE = {
    "issue_token": ("/cdb/oauth2/token", "/oauth2/v1/token"),
    "put_pipelines": ("/system/{site_id}/pipelines",),
}


def other_places(name: str, contract: Contract) -> Iterator[Lines]:
    """Lines of the contract, each set for one place."""
    operation, begin = contract.operations[name], f"operations.{name}"
    elsewhere = ELSEWHERE.get(name)
    if elsewhere is not None:
        yield {f"{begin}.api": elsewhere.api, f"{begin}.path": elsewhere.path}
    for path in dict.fromkeys(_paths(name, operation, contract)):
        if path != operation.path:
            yield {f"{begin}.path": path}


def _paths(name: str, operation: Operation, contract: Contract) -> Iterator[str]:
    if name in _BESIDE:
        listing, end = _BESIDE[name]
        begin = contract.operations[listing].path
        yield begin + end
        yield from _KNOWN_ELSEWHERE.get(name, ())
        *above, last = begin.split("/")
        yield from ("/".join((*above, each)) + end for each in _ALIKE.get(last, ()))
    yield from _KNOWN_ELSEWHERE.get(name, ())
    yield from itertools.islice(_spelt_otherwise(operation.path), MOST_PATHS)
    yield from (f"{before}{operation.path}" for before in _BEFORE)


def _spelt_otherwise(path: str) -> Iterator[str]:
    """Each step may be called otherwise; one change at a time comes before two."""
    steps = path.split("/")
    choices = [(step, *_ALIKE.get(step, ())) for step in steps]
    made = itertools.product(*choices)
    order = sorted(made, key=lambda found: sum(one != other for one, other in zip(found, steps, strict=True)))
    yield from ("/".join(found) for found in order[1:])
