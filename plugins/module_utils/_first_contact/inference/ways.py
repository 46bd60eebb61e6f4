# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What may help after an error: proposals for the contract, by what the error says. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from ..._api.contract.lines import CHOICES, LINES
from ..._api.contract.operations import PUT_PIPELINES
from ..._api.page import NoList
from ..._api.pages import TooSmall
from ..._core.errors import Incomplete, NxaiError, Refused, Unexpected
from ..._core.values import plain
from ..._http.operation import CHANGING
from .draft import Draft, Proposal
from .paging import LISTINGS, page_ways
from .paths import other_places
from .places import MOST_ROWS, dotted, lists, members
from .records import Rows, other_ids

NOT_THERE = (404, 405, 410, 501)
_SIZES = (100, 50, 10)
_MOST_WORDS = 80
TOTAL = "fields.answer.total"
_BRAND = ("customization", "brand")
_SITE = ("systemid", "systemuuid", "cloudsystemid", "siteid", "siteuuid", "system", "site")
_LIST = re.compile(r"array|list|\[\]|slice|sequence", re.IGNORECASE)


@dataclass(frozen=True)
class ReadWays:
    """Of one call that reads. ``sure``: that the token is sent in the right way. ``heard``: the last answer's data,
    and ``headers`` its headers."""

    operation: str
    record: str
    heard: Callable[[], Any]
    sure: bool = True
    free: bool = True  # whether the scheme is for us to choose
    described: Sequence[Proposal] = ()
    site: Mapping[str, Any] | None = None
    headers: Callable[[], Mapping[str, str]] = dict
    moved: Callable[[], bool] = bool  # whether the same request gives other rows: then what helps proves nothing

    def __call__(self, draft: Draft, error: NxaiError) -> Iterator[Proposal]:
        status = error.status or 0
        if f"operations.{self.operation}.query.Offset" in error.advice and not isinstance(error, Incomplete):
            return  # it was a later page: the place, and the size of a page, are right
        if isinstance(error, TooSmall):
            yield Proposal({TOTAL: ""}, "more rows came than the total of a listing says")
        elif isinstance(error, Incomplete):
            if (
                TOTAL not in error.advice and not self.moved()
            ):  # else pages came to their end, so how they are asked for is right
                yield from page_ways(self.heard(), self.headers())
        elif isinstance(error, Unexpected) and not isinstance(error, NoList):
            yield from self._list_elsewhere(draft)
        elif status in (401, 403, 500) and not self.sure and self.free:
            yield from schemes(status)
        elif status in (400, 422):
            yield from _sizes(self.operation, status)
        elif status in (*NOT_THERE, 403):
            yield from self._site_ids(draft, status)
            yield from self.described
            for lines in other_places(self.operation, draft.contract):
                yield Proposal(lines, f"HTTP {status} where it was expected")

    def _list_elsewhere(self, draft: Draft) -> Iterator[Proposal]:
        data = self.heard()
        found = [path for path, rows in lists(data) if all(isinstance(row, dict) for row in rows) and rows]
        for path in found if len(found) < 3 else ():
            places = [*draft.contract.places("answer.rows"), dotted(path)]
            yield Proposal({"fields.answer.rows": places}, "lists come inside of an object")

    def _site_ids(self, draft: Draft, status: int) -> Iterator[Proposal]:
        for place in other_ids("site", self.site) if self.site else ():
            yield Proposal({"fields.site.id": place}, f"HTTP {status} for the id that was expected to be the site's")


def schemes(status: int) -> Iterator[Proposal]:
    for scheme in ("raw", "bearer_jwt"):
        yield Proposal({"auth.scheme": scheme}, f"HTTP {status} for the token behind the word Bearer")


def _sizes(operation: str, status: int) -> Iterator[Proposal]:
    """A size is for all listings. That one comes whole says nothing of the others."""
    why = f"HTTP {status} for pages of {LINES['operations.list_models.page_size'].default} rows"
    for size in _SIZES:
        yield Proposal({f"operations.{each}.page_size": size for each in LISTINGS}, why)
    yield Proposal({f"operations.{operation}.page_size": 0}, why)


@dataclass(frozen=True)
class WriteWays:
    """Of one call that writes.

    ``refresh``: the user allows to sign writes with the refresh token. ``proved``: lines that are not to be changed.
    ``brand``: that of the cloud, for a service that asks for it.
    """

    operation: str
    free: bool = True
    refresh: bool = False
    described: Sequence[Proposal] = ()
    proved: Set[str] = frozenset()
    brand: str = ""
    rows: Rows = ()  # of the records that it makes, raw as they were listed

    def __call__(self, draft: Draft, error: NxaiError) -> Iterator[Proposal]:
        status = error.status or 0
        if not isinstance(error, Refused):
            return
        if status in (405, 501):
            yield from self._methods(draft, status)
        if status in (401, 403, 404, 500) and self.free:
            yield from schemes(status)
        if status in (401, 403) and self.refresh:
            yield Proposal({"auth.token_on_writes": "refresh"}, f"HTTP {status} for a write with the access token")
        if status in NOT_THERE:
            yield from self.described
            for lines in other_places(self.operation, draft.contract):
                yield Proposal(lines, f"HTTP {status} where it was expected")
        if status in (400, 415, 422):
            yield from self._names(draft, error)
            yield from self._extra(draft, error)
            yield from self._forms(draft, error)
        if self.operation == PUT_PIPELINES.name:
            yield from self._of_assignments(draft, error)

    def _of_assignments(self, draft: Draft, error: Refused) -> Iterator[Proposal]:
        """What else may be otherwise of the request that assigns pipelines."""
        if error.status in (412, 428) or (error.status == 400 and "if-match" in error.answer.lower()):
            yield Proposal({"assignment.if_match": True}, f"HTTP {error.status}: the service asks for a precondition")
        if error.status in (400, 415, 422):
            extra = dict(draft.contract.assignment.extra)
            for name in unknown_names(self.operation, error):
                why = f"HTTP {error.status}: the service asks for {name}"
                if plain(name) in _SITE:
                    yield Proposal({"assignment.site": name}, why)
                elif plain(name) in _BRAND and name not in extra:
                    yield Proposal({"assignment.extra": {**extra, name: self.brand}}, why)
            if not missing_names(error) or _LIST.search(error.answer):
                yield Proposal({"assignment.as_list": True}, f"HTTP {error.status} for an object")

    def _methods(self, draft: Draft, status: int) -> Iterator[Proposal]:
        now = draft.contract.operations[self.operation].method
        for method in CHANGING if now in CHANGING else ():
            if method != now:
                yield Proposal({f"operations.{self.operation}.method": method}, f"HTTP {status} for {now}")

    def _names(self, draft: Draft, error: Refused) -> Iterator[Proposal]:
        """Names of what is missing, each for what it may be of that which was sent."""
        for name in missing_names(error):
            for key, near in SENT.get(self.operation, {}).items():
                if key not in self.proved and any(word in plain(name) for word in near):
                    yield Proposal({key: _first(name, key, draft)}, f"HTTP {error.status}: the service asks for {name}")

    def _extra(self, draft: Draft, error: Refused) -> Iterator[Proposal]:
        """What is missing and nothing of ours is like, with the only value that listed records have of that name."""
        key = EXTRA.get(self.operation)
        for name in unknown_names(self.operation, error) if key else ():
            values = {
                json.dumps(value, sort_keys=True): value
                for row in list(self.rows)[:MOST_ROWS]
                for path, value in members(row, 3)
                if "".join(map(plain, path)) == plain(name)
            }
            if key and len(values) == 1:
                (value,) = values.values()
                lines = {key: {**(draft.value(key) or {}), name: value}}
                yield Proposal(
                    lines, f"HTTP {error.status}: the service asks for {name}, and all that it lists have this"
                )

    def _forms(self, draft: Draft, error: Refused) -> Iterator[Proposal]:
        """Other forms of what goes out with a model."""
        key = _BODY.get(self.operation)
        if key is None:
            return
        said = plain(f"{error.answer} {' '.join(error.fields)}")
        if "catalog" in said and draft.contract.upload.catalogues == "uuids":
            yield Proposal({"upload.catalogues": "objects"}, f"HTTP {error.status} for the UUIDs of catalogues")
        now = getattr(draft.contract.upload, key.partition(".")[2])
        for form in CHOICES[key] if key not in self.proved else ():
            if form != now:
                yield Proposal({key: form}, f"HTTP {error.status} for the form {now}")


EXTRA = {"create_model": "upload.extra", "create_catalogue": "catalogue.extra"}
_BODY = {"create_model": "upload.create_body", "update_model": "upload.change_body"}


def _first(name: str, key: str, draft: Draft) -> Any:
    """The name in front of those that are read: what is sent goes to the first."""
    section, _dot, field = key.partition(".")
    if section != "fields" or field.startswith(("assignment", "pipeline")):
        return name
    return [name, *(each for each in draft.contract.places(field) if each != name)]


_MISSING = (
    re.compile(r"\b([A-Za-z_][\w-]{0,60}) (?:is|are) (?:required|missing)"),
    re.compile(r"no such (?:part|file|field|member):? ([A-Za-z_][\w-]{0,60})"),
    re.compile(r"(?:missing|required) (?:part|file|field|member)s?:? ([A-Za-z_][\w-]{0,60})"),
)
_ASKED = re.compile(r"required|missing|must not be empty", re.IGNORECASE)


def missing_names(error: Refused) -> list[str]:
    """What a refusal says is missing, by the service's names."""
    found = [name.rpartition(".")[2] for name, words in error.fields.items() if _ASKED.search(words)]
    for words in (*error.fields.values(), error.answer):
        found += [name for pattern in _MISSING for name in pattern.findall(words)]
    return [name for name in dict.fromkeys(found) if re.fullmatch(r"[A-Za-z_$][\w$-]{0,60}", name)]


def unknown_names(operation: str, error: Refused) -> list[str]:
    """Those of the missing names that nothing of what is sent is like."""
    known = [word for near in SENT.get(operation, {}).values() for word in near]
    return [name for name in missing_names(error) if not any(word in plain(name) for word in known)]


_TITLE = ("name", "title", "label")
_NEW: Mapping[str, Iterable[str]] = {
    "upload.data": ("data", "json", "info", "properties"),
    "upload.file": ("file", "model", "onnx", "content", "binary", "network"),
    "fields.model.name": _TITLE,
    "fields.model.documentation": ("documentation", "description"),
    "fields.model.catalogues": ("catalogue", "catalog"),
}
SENT: dict[str, Mapping[str, Iterable[str]]] = {
    "put_pipelines": {
        "fields.assignment.devices": ("device", "nxid", "camera"),
        "fields.assignment.functions": ("functions", "models"),
        "fields.assignment.pipelines": ("pipelines", "assignments"),
        "fields.pipeline.model": ("uuid", "modelid", "functionid"),
        "fields.pipeline.nms": ("nms", "sensitiv", "threshold"),
    },
    "create_catalogue": {"fields.catalogue.name": _TITLE},
    "rename_catalogue": {"fields.catalogue.name": _TITLE},
    "create_model": _NEW,
    "update_model": _NEW,
}


def words_of(error: Refused) -> str:
    """The words of the service alone, as a contract takes them."""
    said = error.answer.partition(": ")[2].partition(" (")[0].strip().lower()
    return said if said.isprintable() and len(said) <= _MOST_WORDS else ""
