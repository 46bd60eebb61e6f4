# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a contract file says, checked against the lines of the contract. Whoever wrote it, it stays data within bounds:
plain names, known members, no address, no template."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields as dataclass_fields
from dataclasses import replace
from typing import Any

from ..._connection.settings import ACT_AS_KINDS, ActAs
from ..._core.errors import BadInput
from ..._core.plain_yaml import shown_name
from ..._core.values import UUID_TEXT, identity, plain
from ..._core.wording import shortened
from ..._http.operation import CHANGEABLE, ISSUE_TOKEN, TRIED, Operation
from ..contract.lines import WIRE_NAMES
from .contract import KNOWN, Assigning, Auth, Contract, Upload
from .forms import EACH
from .lines import CHOICES, HIDEABLE, RECORDS, WORDS, WORDS_OF, Line
from .mixed_up import wrong_path, wrong_place
from .operations import OPERATIONS, PUT_PIPELINES
from .translation import STEP, Path, path_of

SECTIONS = ("operations", "fields", "words", "auth", "upload", "catalogue", "assignment", "no_pipelines")
MOST_ENTRIES = 50  # of any list
MOST_OF_A_TEXT = 2000
_MOST_EXTRA = 1 << 14
MOST_AT_ONCE = 10_000
_PART = re.compile(r"[A-Za-z0-9_.-]{1,100}")
_SCOPE = re.compile(r"(?:[!-~]{1,200}(?: [!-~]{1,200}){0,9})?")
_MOST_STEPS = 8
_OWN = ("id", "name")
_NAMES_OF_KEYS = ("read_only", "left_out", "shown_whole")  # of pipelines
_MAY_BE_EMPTY = (("answer", "rows"), ("answer", "total"), ("answer", "created"))


def checked(document: Any) -> Contract:
    """The contract with what ``document`` changes. Raises ``BadInput``, which names the line."""
    given = _members("", document, SECTIONS)
    if not given:
        return KNOWN
    fields = dict(_fields(given.get("fields")))
    auth = _auth(given.get("auth"))
    assignment, if_match = _assignment(given.get("assignment"))
    return Contract(
        operations=_operations(given.get("operations"), auth, if_match),
        fields=fields,
        words=dict(_words(given.get("words"))),
        auth=auth,
        upload=_upload(given.get("upload")),
        new_catalogue=_catalogue(given.get("catalogue")),
        assignment=assignment,
        no_pipelines=frozenset(_texts("no_pipelines", given.get("no_pipelines") or [])),
    )


def _bad(key: str, what: str, advice: str = "docs/contract.md has a sample of each section.") -> BadInput:
    return BadInput(TRIED, f"{key} {what}" if key else what, advice)


def _members(key: str, value: Any, known: Iterable[str]) -> dict[str, Any]:
    """The members of a dictionary that are given, all of them known."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise _bad(key or "it", "is not a dictionary")
    names = list(known)
    for name in value:
        if name not in names and not shown_name(name):
            raise _bad(key or "it", "holds a name that is not plain, or has more than 40 letters")
        if name not in names:
            near = difflib.get_close_matches(str(name).lower(), names, 3, 0.5)
            whole = f"{key}.{name}" if key else str(name)
            advice = f"Did you mean {' or '.join(near)}?" if near else f"The names are {shortened(names, 40)}."
            raise _bad("", f"there is no {whole!a}", advice)
    return {name: each for name, each in value.items() if each is not None}


def _operations(given: Any, auth: Auth, if_match: bool) -> dict[str, Operation]:
    operations = dict(OPERATIONS)
    changes = _members("operations", given, OPERATIONS)
    for name, change in changes.items():
        operations[name] = operations[name].adapted(_members(f"operations.{name}", change, CHANGEABLE))
    name, other = wrong_path(operations, changes)
    if name:
        answer = f"is that of {other}, which is about something else"
        raise _bad(f"operations.{name}.path", answer, "One of the two would have its effect on the other. Correct it.")
    if auth.token_request == "form":
        operations[ISSUE_TOKEN.name] = replace(operations[ISSUE_TOKEN.name], as_form=True)
    if if_match:
        operations[PUT_PIPELINES.name] = replace(operations[PUT_PIPELINES.name], headers={"If-Match": "*"})
    if auth.token_on_writes == "refresh":
        for name, each in operations.items():
            operations[name] = replace(each, with_refresh=each.signed and each.method != "GET")
    return operations


def _fields(given: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    for record, fields in _members("fields", given, RECORDS).items():
        lines = RECORDS[record]
        places = {
            name: _places(record, name, value) for name, value in _members(f"fields.{record}", fields, lines).items()
        }
        _check_distinct(record, {name: each for name, each in places.items() if lines[name].sent}, lines)
        _check_own(record, places, lines)
        name, other = wrong_place(record, places)
        if name:
            answer = f"has changed places with fields.{record}.{other}"
            raise _bad(f"fields.{record}.{name}", answer, "A value would be written as another one. Correct it.")
        yield from ((f"{record}.{name}", each) for name, each in places.items())


def _places(record: str, name: str, value: Any) -> tuple[str, ...]:
    key = f"fields.{record}.{name}"
    found = (value,) if isinstance(value, str) else tuple(_texts(key, value, empty=True))
    for place in found:
        steps = path_of(place)
        if (record, name) == ("answer", "rows") and EACH in steps:
            steps = tuple(step for step in steps if step != EACH) or ("rows",)
        if (record, name) == ("device", "pipelines") and steps.count(EACH) == 1 and steps[0] != EACH:
            steps = tuple(step for step in steps if step != EACH)
        whole = not steps and (record, name) in _MAY_BE_EMPTY
        if not whole and not (0 < len(steps) <= _MOST_STEPS and all(map(STEP.fullmatch, steps))):
            advice = f"Give plain names with dots between them, such as nxAI.pipelines, at most {_MOST_STEPS} of them."
            raise _bad(key, f"cannot be {place[:100]!a}", advice)
    if not found:
        raise _bad(key, "is an empty list", "Leave it out, or give a place.")
    return found


def _check_distinct(record: str, places: Mapping[str, tuple[str, ...]], lines: Mapping[str, Line]) -> None:
    """What is sent needs a place of its own, and none inside of another one, unless it is known to be there."""
    ways = {
        name: path_of(places[name][0] if name in places else line.default[0])
        for name, line in lines.items()
        if line.sent
    }
    for name in places:
        for other in ways:
            inside = _begins(ways[name], ways[other]) or _begins(ways[other], ways[name])
            known = [path_of(lines[each].default[0]) for each in (name, other)]
            if name != other and inside and (len(ways[name]) == len(ways[other]) or not _nested(known)):
                answer = f"and fields.{record}.{other} are both at {'.'.join(ways[name])}"
                raise _bad(f"fields.{record}.{name}", answer, "Give each a place of its own.")


def _check_own(record: str, places: Mapping[str, tuple[str, ...]], lines: Mapping[str, Line]) -> None:
    """An id or a name inside of something else is that of the other thing."""
    for name in [each for each in _OWN if each in places]:
        path = path_of(places[name][0])
        for other in [each for each in lines if each not in _OWN]:
            outer = path_of(places.get(other, lines[other].default)[0])
            if len(outer) < len(path) and _begins(outer, path):
                answer = f"is at {places[name][0]}, inside of fields.{record}.{other}, so it is that of the {other}"
                raise _bad(f"fields.{record}.{name}", answer, "Correct it.")


def _begins(path: Path, other: Path) -> bool:
    return list(map(plain, path)) == list(map(plain, other[: len(path)]))


def _nested(paths: list[Path]) -> bool:
    return _begins(paths[0], paths[1]) or _begins(paths[1], paths[0])


def _words(given: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    words = {name: tuple(_texts(f"words.{name}", value)) for name, value in _members("words", given, WORDS).items()}
    for meanings in WORDS_OF.values():
        said: dict[str, str] = {}
        for meaning in meanings:
            for word in (each.strip().lower() for each in words.get(meaning, ())):
                if said.setdefault(word, meaning) != meaning:
                    raise _bad(
                        f"words.{meaning}", f"and words.{said[word]} both hold {word!a}", "A word has one meaning."
                    )
    yield from ((name, tuple(each.lower() for each in found)) for name, found in words.items())


def _texts(key: str, value: Any, empty: bool = False) -> Iterator[str]:
    if isinstance(value, (str, Mapping)) or not isinstance(value, (list, tuple)) or len(value) > MOST_ENTRIES:
        raise _bad(key, f"is not a list of at most {MOST_ENTRIES} texts")
    for each in value:
        if (
            not isinstance(each, str)
            or len(each) > MOST_OF_A_TEXT
            or not each.isprintable()
            or not (each.strip() or empty)
        ):
            shown = repr(each)[:100]
            raise _bad(
                key, f"holds {shown}, which is no plain text", "Put words such as off, on, yes and no in quotes."
            )
        yield each


def _auth(given: Any) -> Auth:
    names = [key.partition(".")[2] for key in CHOICES if key.startswith("auth.")]
    members = _members("auth", given, (*names, "scope", "act_as"))
    scope, act_as = members.get("scope", ""), members.get("act_as")
    if not isinstance(scope, str) or not _SCOPE.fullmatch(scope):
        raise _bad("auth.scope", f"cannot be {repr(scope)[:100]}", "Give addresses and name=value with spaces.")
    if act_as is not None:
        members["act_as"] = _act_as(act_as)
    _check_choices("auth", members)
    return Auth(**members)


def _act_as(given: Any) -> ActAs:
    members = _members("auth.act_as", given, ("kind", "id"))
    kind, uuid = members.get("kind"), identity(members.get("id"))
    if kind not in ACT_AS_KINDS or not UUID_TEXT.fullmatch(uuid):
        advice = f"Give kind ({', '.join(ACT_AS_KINDS)}) and id, a UUID: nxai_organisation_info lists them."
        raise _bad("auth.act_as", f"cannot be {repr(dict(given))[:100]}", advice)
    return ActAs(str(kind), uuid)


def _check_choices(section: str, members: Mapping[str, Any]) -> None:
    for name, value in members.items():
        choices = CHOICES.get(f"{section}.{name}")
        if choices and value not in choices:
            raise _bad(f"{section}.{name}", f"cannot be {repr(value)[:100]}", f"It can be {', '.join(choices)}.")


def _catalogue(given: Any) -> Mapping[str, Any]:
    extra: Mapping[str, Any] = _members("catalogue", given, ("extra",)).get("extra", {})
    _check_extra("catalogue.extra", extra)
    return extra


def _upload(given: Any) -> Upload:
    members = _members("upload", given, [each.name for each in dataclass_fields(Upload)])
    _check_choices("upload", members)
    for name in ("data", "file", "json_file"):
        value = members.get(name, name)
        if not isinstance(value, str) or not _PART.fullmatch(value):
            raise _bad(f"upload.{name}", f"cannot be {repr(value)[:100]}", "Give the name of a part.")
    found = Upload(**members)
    if found.data == found.file:
        raise _bad("upload.file", f"and upload.data are both {found.data!a}", "Give each part a name of its own.")
    _check_extra("upload.extra", found.extra)
    return found


def _check_extra(key: str, extra: Any) -> None:
    if not isinstance(extra, Mapping) or not all(isinstance(name, str) for name in extra):
        raise _bad(key, "is not a dictionary")
    try:
        size = len(json.dumps(extra, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise _bad(key, f"cannot be written as JSON: {error}") from None
    if size > _MOST_EXTRA:
        raise _bad(key, f"has more than {_MOST_EXTRA >> 10} KiB")


def _assignment(given: Any) -> tuple[Assigning, bool]:
    """With whether it is sent with a precondition, which is of its operation."""
    members = _members("assignment", given, ("if_match", *(each.name for each in dataclass_fields(Assigning))))
    most = members.get("devices_at_once", 0)
    if isinstance(most, bool) or not isinstance(most, int) or not 0 <= most <= MOST_AT_ONCE:
        raise _bad("assignment.devices_at_once", f"cannot be {repr(most)[:100]}", f"Give 0 to {MOST_AT_ONCE}.")
    for name in ("as_list", "if_match"):
        if not isinstance(members.get(name, False), bool):
            raise _bad(f"assignment.{name}", f"cannot be {repr(members[name])[:100]}", "Give true or false.")
    site = members.get("site", "")
    if not isinstance(site, str) or (site and not STEP.fullmatch(site)):
        raise _bad("assignment.site", f"cannot be {repr(site)[:100]}", "Give the plain name of a member.")
    _check_extra("assignment.extra", members.get("extra", {}))
    names = {key: tuple(_texts(f"assignment.{key}", members.get(key, []))) for key in _NAMES_OF_KEYS}
    known = [name for name in names["read_only"] if plain(name) in map(plain, WIRE_NAMES.values())]
    if known:
        raise _bad("assignment.read_only", f"holds {known[0]!a}, which is what a pipeline is made of", "Leave it out.")
    others = [name for name in names["left_out"] if plain(name) not in map(plain, HIDEABLE)]
    if others:
        raise _bad("assignment.left_out", f"holds {others[0]!a}", f"Only {', '.join(HIDEABLE)} can be left out.")
    if_match = members.pop("if_match", False)
    return Assigning(**{**members, **names}), if_match
