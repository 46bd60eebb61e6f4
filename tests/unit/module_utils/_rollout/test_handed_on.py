# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a job hands on to the next is untrusted: all of it is judged before any of it is used or written."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable, Iterator
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

import pytest
from rollout_runs import Data, Runs, device, rows
from rollout_world import OLD, wire

from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import BadInput
from ansible_collections.nxai.cloud.plugins.module_utils._rollout.artefact import pack, unpack
from ansible_collections.nxai.cloud.plugins.module_utils._rollout.journal import sealed
from ansible_collections.nxai.cloud.plugins.module_utils._rollout.lines import _KINDS
from simulator.testing import Served
from tools.cost import MOST_MEMORY, cost_of
from tools.strange import DEEP, TAKEN_OUT, changed, places


def text_of(lines: list[Data]) -> bytes:
    """The lines with new checksums: who makes up a journal can make these, too."""
    made, last = [], ""
    for line in lines:
        text, last = sealed({name: value for name, value in line.items() if name != "sum"}, last)
        made.append(text)
    return "".join(made).encode()


def packed(lines: list[Data]) -> str:
    return pack(text_of(lines))


def encoded(content: bytes) -> str:
    return base64.b64encode(zlib.compress(content)).decode()


@pytest.fixture
def first(runs: Callable[..., Runs], cloud: Served) -> Runs:
    """It has written two waves, with a camera in the queue and one that failed, was taken back, and is paused."""
    run = runs(waves=[3, 2, "100%"], unavailable="queue", max_failures="100%", max_failures_per_wave="100%")
    device(cloud, "Yard").silent_until = 1e12
    run.run(pause_before_wave=["3"])
    opened = run.step("open", devices=rows(cloud))
    run.step("give_up", run=opened["run"], give_up=["Till"])
    run.step("interrupt", run=opened["run"], reason="somebody pressed Ctrl-C")
    return run


@pytest.fixture
def handed(first: Runs) -> list[Data]:
    lines = first.lines()
    more = [
        {"line": "proof", "at": 1.0, "camera": 0, "shape": "Name: text", "proved": False},
        {"line": "queue", "at": 1.0, "cameras": [0]},
        {"line": "scope", "at": 1.0, "excluded": [[1, 3], 5]},
        {"line": "judged", "at": 1.0, "wave": 1, "verdict": "failed", "reason": "x", "soak": 1.0},
        {"line": "write", "at": 1.0, "wave": 1, "action": "restore", "sent": [], "had": [None, [wire(OLD, 1)]],
         "cameras": [[0], [1]]},
    ]  # fmt: skip
    found = [*lines, *more]
    assert {each["line"] for each in found} == set(_KINDS), "each kind of line is there"
    return found


Take = Callable[[str], Data]


@pytest.fixture
def take(first: Runs, cloud: Served, tmp_path: Path) -> Take:
    """The next job, with nothing on its disk."""
    first.folder = tmp_path / "second"
    return lambda saved, **options: first.step("open", devices=rows(cloud), saved=saved, **options)


def test_another_machine_goes_on_with_it(first: Runs, handed: list[Data], take: Take, tmp_path: Path) -> None:
    lines = handed[:-5]
    assert take(packed(lines))["todo"][0]["number"] == 3
    assert (tmp_path / "second" / "journal.jsonl").read_bytes().startswith(text_of(lines))


def refused(saved: str) -> str:
    """The error, which is for people."""
    with pytest.raises(BadInput) as caught:
        unpack(saved)
    assert caught.value.tried == "Read pipeline_rollout_saved" and caught.value.advice
    assert len(str(caught.value)) < 500
    return str(caught.value)


WRONG: dict[type, list[Any]] = {
    str: [TAKEN_OUT, None, 5, True, [], {}, ["x"], "\ud800", "y" * 70_000, DEEP],
    int: [TAKEN_OUT, None, "1", True, 1.5, -1, 10**30, [], {}],
    float: [TAKEN_OUT, None, "1", True, -1, 10**30, 1e300, [], {}],
    bool: [TAKEN_OUT, None, "true", 1, []],
    list: [None, 5, "x", {}, [None], [5.5], DEEP],
    dict: [None, 5, "x", [], ["x"], DEEP],
    type(None): ["x", 5, {}, [5]],
}
FREE = ("declaration", "given", "divided", "sent", "had")  # what the user or the service wrote may have any members


def hostile(line: Data) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Each place of a line with each value that is wrong there."""
    for path in places(line):
        if path in ((), ("sum",)):
            continue
        inside = path[0] in FREE and len(path) > (3 if path[0] == "had" else 2 if path[0] == "sent" else 1)
        value: Any = line
        for name in path:
            value = value[name]
        for wrong in [DEEP] if inside else WRONG[type(value)]:
            if not (wrong is TAKEN_OUT and isinstance(path[-1], int)):  # a list may be shorter
                yield path, wrong
    yield ("unknown",), "x"


def test_each_member_is_judged(handed: list[Data]) -> None:
    accepted = []
    for number, line in enumerate(handed):
        for path, wrong in hostile(line):
            try:
                refused(packed([*handed[:number], changed(line, path, wrong), *handed[number + 1 :]]))
            except pytest.fail.Exception:
                accepted.append((line["line"], path, wrong))
            except BadInput:  # it cannot even be written
                pass
    kept = [each for each in accepted if not (each[1][0] == "had" and each[2] in (None, [None]))]  # what was not known
    kept = [each for each in kept if not (each[1][0] == "models" and each[2] is TAKEN_OUT)]
    kept = [each for each in kept if not (isinstance(each[1][-1], int) and each[2] == 5)]  # another camera
    assert kept == []


@pytest.mark.parametrize(
    ("kind", "change", "said"),
    [
        ("journal", {"format": 2}, "is not one of 1"),
        ("plan", {"waves": [["a", 1]]}, "cameras are 7, and its waves have 1"),
        ("plan", {"sites": []}, "names a site that is not there"),
        ("wave", {"wave": 9}, "names the wave 9, and there are 3"),
        ("wave", {"wave": 0}, "names the wave 0"),
        ("outcome", {"groups": [["applied", "", True, [77]]]}, "names the camera 77, and there are 7"),
        ("outcome", {"groups": [["applied", "", True, [[0, 900_000]]]]}, "names the camera 900000"),
        ("outcome", {"groups": [["applied", "", True, [[3, 1]]]]}, "counts backwards"),
        ("write", {"had": []}, "are not as many as"),
        ("stand", {"status": "none of them"}, "is not one of running, interrupted"),
        ("stand", {"at": 1e12}, "is not a time"),
        ("proof", {"camera": 7}, "names the camera 7"),
    ],
)
def test_lines_that_do_not_fit_together(handed: list[Data], kind: str, change: Data, said: str) -> None:
    number = next(number for number, line in enumerate(handed) if line["line"] == kind)
    words = refused(packed([*handed[:number], {**handed[number], **change}, *handed[number + 1 :]]))
    assert said in words and f"line {number + 1}" in words


def test_lines_that_cannot_come_where_they_are(handed: list[Data]) -> None:
    for lines in (handed[1:], [handed[0], *handed], [handed[0], *handed[3:]], [*handed, handed[2]], handed[:1], []):
        refused(packed(lines))


def test_texts_that_are_no_artefact(handed: list[Data]) -> None:
    whole = text_of(handed)
    once = zlib.compress(whole)
    texts = [
        packed(handed)[:-8], base64.b64encode(once[:-4]).decode(), base64.b64encode(once + b"x").decode(),
        base64.b64encode(once * 2).decode(), encoded(once), base64.b64encode(whole).decode(),
        encoded(packed(handed).encode()), encoded(b"[" * 100_000), encoded(b"1" * 5000), encoded(whole[:-1]),
        encoded(b"\xff\xfe"), encoded(b""), encoded(whole + b"{}"), encoded(whole + b"{}\n"), encoded(b"null\n"),
        encoded(whole.replace(b"Yard", b"Door", 1)), "\u0661", "{{ 7 * 7 }}", "x" * (17 << 20), "</script>", "../x",
    ]  # fmt: skip
    for text in texts:
        refused(text)


def test_of_a_member_that_comes_twice_the_last_is_judged(handed: list[Data]) -> None:
    line = sealed(handed[0], "")[0].replace('"format":1', '"format":1,"format":null', 1)
    body = line[: line.rindex(',"sum"')] + "}"
    number = sha256(body.encode()).hexdigest()[:16]
    refused(encoded(f'{body[:-1]},"sum":"{number}"}}\n'.encode()))


def test_nothing_is_written_for_another_declaration(first: Runs, handed: list[Data], take: Any, tmp_path: Path) -> None:
    other = {"pipelines": [{"model": "Finder"}]}
    with pytest.raises(BadInput, match="what is declared differs"):
        take(packed(handed[:-5]), declaration=other)
    assert not (tmp_path / "second").exists()


def test_two_that_went_on_in_different_ways_are_not_mixed(first: Runs, handed: list[Data], cloud: Served) -> None:
    lines = handed[:-5]
    mine = first.step("open", devices=rows(cloud))
    assert mine["run"] != lines[-1].get("run")
    with pytest.raises(BadInput, match="went on in different ways, so two runs were at work"):
        first.step("open", devices=rows(cloud), saved=packed([*lines, handed[-1]]))


MARKUP = [
    "</script><script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)", "{{ 7 * 7 }}",
    "' onmouseover='alert(1)", "</style></title><svg onload=alert(1)>", "-e a=<b>", "<!--", "&#60;b&#62;",
]  # fmt: skip


@pytest.mark.parametrize("text", MARKUP)
def test_every_text_of_it_is_text_in_the_report(
    first: Runs, handed: list[Data], take: Take, tmp_path: Path, text: str
) -> None:
    plan = next(line for line in handed if line["line"] == "plan")
    plan["sites"] = [[site, text] for site, _name in plan["sites"]]
    plan["cameras"] = [[site, nxid, text, text] for site, nxid, _name, _host in plan["cameras"]]
    plan["waves"] = [[text, number] for _name, number in plan["waves"]]
    lines = handed[:-5]
    lines.append({"line": "outcome", "at": 1.0, "wave": 1, "action": "gate", "groups": [["gate", text, False, [0]]]})
    lines.append({"line": "judged", "at": 1.0, "wave": 1, "verdict": "failed", "reason": text, "soak": 0})
    lines.append({"line": "stand", "at": 1.0, "status": "stopped", "message": text, "back": 0, "pause": 0})
    take(packed(lines))
    page = (tmp_path / "second" / "rollout-report.html").read_text()
    for sign in ("<script>alert", "<img", "<svg", "<b>", "<!--", " onmouseover='", "src=x onerror=alert(1)>"):
        assert sign not in page
    assert page.count(escape(text)) > 5


@pytest.mark.parametrize("name", ["\ud800", "x" * 70_000])
def test_what_could_not_be_read_back_is_not_begun(runs: Callable[..., Runs], cloud: Served, name: str) -> None:
    known = [{**row, "name": name} for row in rows(cloud)]
    with pytest.raises(BadInput, match=r"Plan the rollout|cameras\[0\]\[2\]"):
        runs().step("open", devices=known)
    assert not runs().folder.exists()


def bomb(piece: bytes, mebibytes: int) -> str:
    """A valid beginning, and then so much of the piece, compressed."""
    stream = zlib.compressobj()
    parts = [stream.compress(b'{"snapshots": {}, "state": [' + piece)]
    parts += [stream.compress(piece * ((1 << 20) // len(piece))) for _each in range(mebibytes)]
    parts += [stream.compress(b"0]}"), stream.flush()]
    return base64.b64encode(b"".join(parts)).decode()


@pytest.mark.parametrize(
    ("piece", "mebibytes", "said"),
    [
        (b" ", 600, "it unpacks to more than 32 MiB"),
        (b"{},", 30, "it has more than 2,000,000 values"),
        (b'{"a":{}},', 30, "it has more than 2,000,000 values"),
        (b'"' + b"y" * 1022 + b'\\ud83d\\ude00",', 26, "it is not whole"),
        (b'"' + b"y" * 1022 + b'\\ud83d\\ude00",', 30, "it would take more than 216 MiB of memory"),
        (b'{"a":{"b":{"c":{"d":0}}}},', 9, "it would take more than 216 MiB of memory"),
        (b"[" * 1023 + b"0" + b"]" * 1023 + b",", 1, "it is not whole"),
    ],
)
def test_a_few_bytes_do_not_become_gigabytes(tmp_path: Path, piece: bytes, mebibytes: int, said: str) -> None:
    (tmp_path / "saved").write_text(bomb(piece, mebibytes))
    found = cost_of(
        """
from pathlib import Path
from ansible_collections.nxai.cloud.plugins.module_utils._rollout.artefact import unpack
unpack(Path(sys.argv[1], "saved").read_text())
""",
        str(tmp_path),
    )
    assert said in found.said and found.mebibytes < MOST_MEMORY, found
