# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report for people: each line of the contract that is not sure, and what was found. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from .._api.contract.contract import Contract
from .._api.contract.lines import LINES, WORDS_OF, Line
from .._api.contract.translation import path_of, value_at
from .._core.errors import NxaiError
from .._core.redaction import one_line
from .._core.values import text
from .._core.wording import counted, shortened
from .._http.operation import FIND_OUT, SURE
from .inference.cameras import Cameras
from .inference.draft import Draft
from .inference.pipelines import elements_of
from .inference.records import Row
from .kept import Earlier
from .read import Seen
from .session import Outcome

MARK = "<!-- nxai.cloud first contact: written anew at each run -->"
_STAGES = {"read": "1. Read", "prove": "2. Prove", "create": "3. Create"}
_ASK = {"put_pipelines": "2", **dict.fromkeys(("create_model", "update_model", "delete_model"), "3")}
_ASK |= dict.fromkeys(("create_catalogue", "rename_catalogue", "delete_catalogue"), "3")
_STATES = {
    "model": ("status", "code_status"),
    "site": ("status",),
    "server": ("status",),
}
_WORDS = {word: record for record in _STATES for word in WORDS_OF[record]}


def advice_of(error: NxaiError) -> str:
    """Without the advice to run what is running."""
    return error.advice.replace(FIND_OUT, "").strip()


class Stage(NamedTuple):
    """``status``: ok, failed, not_asked or not_run."""

    status: str
    reason: str = ""


class Verdict(NamedTuple):
    key: str
    expected: str
    evidence: str
    found: str
    now: str


def verdicts(draft: Draft, seen: Seen, outcomes: Mapping[str, Outcome]) -> list[Verdict]:
    """Of each line that is not sure, and of each that differs."""
    return [*_Judge(draft, seen, outcomes).all()]


def written(
    verdicts: Iterable[Verdict],
    questions: Iterable[str],
    stages: Mapping[str, Stage],
    cameras: Cameras,
    seen: Seen,
    parties: Iterable[Any],
    earlier: Sequence[Earlier] = (),
) -> str:
    rows, questions = list(verdicts), list(questions)
    differing = [each for each in rows if each.now == _IN_FILE]
    parts = [
        MARK,
        "# First contact with the Nx AI Cloud",
        "What this collection relies on of the service, and what was found. It holds no token and no password, but"
        " names of yours and words of the service. So it is for you; for an issue there is the evidence.",
        *_left(earlier),
        "## Stages",
        _table(("stage", "how it ended"), ((_STAGES[name], _how(stage)) for name, stage in stages.items())),
        "## What differs",
        *([] if differing and stages["read"].status != "failed" else [nothing_differs(stages, questions)]),
        *([_verdict_table(differing)] if differing else []),
        "## What only you can know",
        "\n".join(f"- {_whole(each)}" for each in questions) or "Nothing.",
        *_unknown(cameras),
        *_documents(seen),
        *_act_as(parties),
        "## Everything that was looked at",
        _verdict_table(each for each in rows if each.now != _IN_FILE),
    ]
    return "\n\n".join(parts) + "\n"


_IN_FILE = "it is in the contract file"


def nothing_differs(stages: Mapping[str, Stage], questions: Sequence[str]) -> str:
    """What to say where no line differs: only a whole run, with no question, can say that none does."""
    failed = [_STAGES[name][3:].lower() for name, stage in stages.items() if stage.status == "failed"]
    if "read" in failed:
        return "What differs could not be found out: the first stage failed. Files of an earlier run may know more."
    if failed:
        return f"Nothing that differs was found, and not all was looked at: the stage {failed[0]} failed."
    if questions:
        return "Nothing that differs was found, but there are questions that only you can answer."
    return "Nothing differs from what is known. You need no contract file."


def summary(
    lines: Iterable[str], questions: Sequence[str], stages: Mapping[str, Stage], earlier: Iterable[Earlier]
) -> list[str]:
    """What the playbook shows: the report in lines."""
    differs = [f"differs: {each}" for each in lines]
    unsure = not differs or stages["read"].status == "failed"
    return [
        *(each.words for each in earlier),
        *([nothing_differs(stages, questions)] if unsure else []),
        *differs,
        *(f"question: {each}" for each in questions),
    ]


def _left(earlier: Sequence[Earlier]) -> Iterator[str]:
    if earlier:
        yield "## What an earlier run has left"
        rows = ((each.kind, each.name, each.uuid, each.advice) for each in earlier)
        yield "\n".join(f"- {kind} {_whole(name)} ({uuid}): {_whole(advice)}" for kind, name, uuid, advice in rows)


class _Judge:
    def __init__(self, draft: Draft, seen: Seen, outcomes: Mapping[str, Outcome]) -> None:
        self._draft = draft
        self._contract: Contract = draft.contract
        self._seen = seen
        self._outcomes = outcomes

    def all(self) -> Iterator[Verdict]:
        for line in LINES.values():
            value = self._draft.value(line.key)
            if value is not None:
                found = f"{_shown(value)} ({self._draft.reasons.get(line.key, 'as you have given it')})"
                yield Verdict(line.key, _shown(line.default), line.evidence, found, _IN_FILE)
            elif line.evidence not in SURE[:1]:  # what is documented is no question
                found, now = self._look(line)
                if found:
                    yield Verdict(line.key, _shown(line.default), line.evidence, found, now)

    def _look(self, line: Line) -> tuple[str, str]:
        section, _dot, name = line.key.partition(".")
        if section == "operations":
            return self._call(name)
        if section == "fields":
            return self._field(name)
        if section == "words" and name in _WORDS:
            return self._states(_WORDS[name]), ""
        return "", ""

    def _call(self, key: str) -> tuple[str, str]:
        name, _dot, member = key.partition(".")
        if member != "path":
            paged = member.startswith("query.") and member.endswith(("Limit", "Offset")) and name == "list_models"
            return (self._seen.paging, "") if paged else ("", "")
        outcome = self._outcomes.get(name)
        if outcome is None:
            stage = _ASK.get(name)
            return "not tried", f"stage {stage} tries it" if stage else ""
        if outcome.error is None:
            return "works", ""
        return one_line(outcome.error.answer), one_line(advice_of(outcome.error))

    def _field(self, key: str) -> tuple[str, str]:
        record = key.partition(".")[0]
        rows = self._rows(record)
        if record in ("answer", "assignment", "reference"):
            return "", ""
        if not rows:
            return f"no {record.replace('_', ' ')} was seen", ""
        places = [path_of(place) for place in self._contract.places(key)]
        count = sum(any(value_at(row, path) is not None for path in places) for row in rows)
        return (
            f"in {count} of {len(rows)} rows",
            "" if count else "the collection does without, or takes it for unknown",
        )

    def _rows(self, record: str) -> list[Row]:
        if record != "pipeline":
            return self._seen.rows.get(record, [])
        return elements_of(self._seen.rows.get("device", ()), self._contract)

    def _states(self, record: str) -> str:
        seen = {
            word.strip().lower()
            for row in self._rows(record)
            for name in _STATES[record]
            for place in self._contract.places(f"{record}.{name}")
            if (word := text(value_at(row, path_of(place))))
        }
        return f"{record}s say {shortened(sorted(seen))}" if seen else ""


def _unknown(cameras: Cameras) -> Iterator[str]:
    """The kinds of cameras that do not say what they run, beside those that do."""
    if cameras.unknown:
        yield "## Cameras that do not say what they run"
        yield (
            f"{counted(cameras.running, 'camera')} of those that were read show what they run,"
            f" {cameras.none} show that they run nothing, and {cameras.not_understood} say it in a way that is not"
            " understood. The others are these. Give `NXAI_CONTRACT` with the contract file of this run, where it holds"
            " lines, when you run the second stage: then the next file holds them as well."
        )
        rows = ((str(each.cameras), each.shape, each.device, each.site) for each in cameras.unknown)
        yield _table(("how many", "members of their rows", "such as", "at the site"), rows)


def _documents(seen: Seen) -> Iterator[str]:
    """What the service's own documents say of calls, where no option adapts to it."""
    left = [each for each in seen.documents if each.severity == "error" and each.option is None]
    if left:
        yield "## What the service's documents say otherwise"
        rows = ((f"`{each.operation}`", each.kind, each.expected, each.found) for each in left)
        yield _table(("call", "what", "expected", "found"), rows)


def _act_as(parties: Iterable[Any]) -> Iterator[str]:
    rows = [(each["kind"], each["id"], each["name"]) for each in parties]
    if rows:
        yield "## Whom you may act for"
        yield _table(("act_as.kind", "act_as.id", "name"), rows)


def _how(stage: Stage) -> str:
    words = {"ok": "done", "failed": "failed", "not_asked": "not asked for", "not_run": "not run"}[stage.status]
    return f"{words}: {stage.reason}" if stage.reason else words


def _verdict_table(rows: Iterable[Verdict]) -> str:
    cells = ((f"`{each.key}`", each.expected, each.evidence, each.found, each.now) for each in rows)
    return _table(("line", "expected", "evidence", "found", "what now"), cells)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, cells))} |" for cells in lines)


def _cell(value: str) -> str:
    return one_line(value).replace("|", "\\|").replace("<", "&lt;")


def _whole(value: str) -> str:
    """A question is of no use without its end, which names what to do."""
    return " ".join(map(_cell, value.split()))


def _shown(value: Any) -> str:
    if isinstance(value, (list, tuple)) and all(isinstance(each, str) for each in value):
        return ", ".join(f"`{each}`" if each else "the whole" for each in value) or "none"
    return f"`{value}`" if isinstance(value, (str, int)) else json.dumps(value)
