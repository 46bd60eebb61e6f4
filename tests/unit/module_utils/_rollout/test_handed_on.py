# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a job hands on to the next is untrusted: all of it is judged before any of it is used or written."""

from __future__ import annotations

import base64
import json
import shutil
import zlib
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path
from typing import Any

import pytest
from rollout_steps import Data, device, had, rows, step

from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import BadInput
from ansible_collections.nxai.cloud.plugins.module_utils._rollout.report import as_html, as_report
from tools.cost import MOST_MEMORY, cost_of
from tools.strange import DEEP, TAKEN_OUT, changed, places


def packed(data: Any) -> str:
    text = data if isinstance(data, bytes) else json.dumps(data).encode()
    return base64.b64encode(zlib.compress(text)).decode()


def unpacked(saved: str) -> Any:
    return json.loads(zlib.decompress(base64.b64decode(saved)))


@pytest.fixture
def handed(tmp_path: Path) -> Data:
    """What a job left that has written wave 1, judged it, and paused before wave 2, with a device in the queue."""
    home = tmp_path / "first"
    waves = [{"name": "50%", "devices": [device(1)]}, {"name": "50%", "devices": [device(2)]}]
    away = [{**device(3), "unavailable": "off-line"}]
    rules = {"unavailable": "queue", "pause_before_wave": ["2"]}
    run = step(home, "open", waves=waves, left_out=away, **rules)["run"]
    had_before = [{**had([1])[0], "name": "Camera 1", "pipelines": [{"modelUUID": "before", "chains": []}]}]
    options = {"run": run, "wave": 1, **rules}
    step(home, "begin", devices=rows([1], "planned"), snapshot=had_before, **options)
    step(home, "written", devices=rows([1], "applied"), **options)
    step(home, "gate", devices=rows([1], "unchanged"), **options)
    found: Data = unpacked(step(home, "close", **options)["saved"])
    return found


@pytest.fixture
def take(tmp_path: Path) -> Callable[..., Data]:
    """The next job, with nothing on its disk."""

    def taken(saved: str, **options: Any) -> Data:
        return step(tmp_path / "second", "open", saved=saved, unavailable="queue", **options)

    return taken


Take = Callable[..., Data]


def test_another_machine_goes_on_with_it(handed: Data, take: Take, tmp_path: Path) -> None:
    going_back = take(packed(handed), action="rollback", check=True)
    assert [each["device"] for each in going_back["restore"]] == ["{d1}"]
    assert not (tmp_path / "second").exists(), "check mode writes nothing, and knows the snapshot all the same"
    assert [wave["number"] for wave in take(packed(handed))["todo"]] == [2]
    kept = json.loads((tmp_path / "second" / "snapshot-wave-001-1.json").read_text())
    assert kept == handed["snapshots"]["snapshot-wave-001-1.json"]


def refused(take: Take, tmp_path: Path, saved: str) -> str:
    """The error, which is for people; and nothing is written."""
    with pytest.raises(BadInput) as caught:
        take(saved)
    assert not (tmp_path / "second").exists()
    assert not [path for path in tmp_path.rglob("*") if "first" not in path.parts and "second" not in path.parts]
    assert caught.value.tried == "Read pipeline_rollout_saved" and caught.value.advice
    assert len(str(caught.value)) < 500
    return str(caught.value)


WRONG: dict[type, list[Any]] = {
    str: [TAKEN_OUT, None, 5, True, [], {}, ["x"], "\ud800", "y" * 70_000, DEEP],
    int: [TAKEN_OUT, None, "1", True, 1.5, -1, 10**30, float("nan"), float("inf"), [], {}],
    float: [TAKEN_OUT, None, "1", True, -1, 10**30, 1e300, float("nan"), float("inf"), [], {}],
    bool: [TAKEN_OUT, None, "true", 1, []],
    list: [None, 5, "x", {}, [None], ["x"], [[]], [5.5], DEEP],
    dict: [None, 5, "x", [], ["x"], DEEP],
    type(None): ["x", 5, [], {}, {"waves": [1]}, {"waves": [9], "all": True}, {"waves": "1", "all": True}],
}


def hostile(data: Data) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Each place with each value that is wrong there. What the user or the service wrote may have any members."""
    for path in places(data):
        free = "declaration" in path[:-1] or (path[:1] == ("snapshots",) and "pipelines" in path[:-2])
        value: Any = data
        for name in path:
            value = value[name]
        for wrong in [DEEP, {"x": float("nan")}, "\ud800", "y" * 70_000] if free else WRONG[type(value)]:
            if not (wrong is TAKEN_OUT and path[-1] in ("paused_before", "snapshot_of", "name", "written_at")):
                yield path, wrong
        if isinstance(value, dict) and not free and "declaration" not in path and "pipelines" not in path:
            yield (*path, "unknown"), "x"


def test_each_member_is_judged(handed: Data, take: Take, tmp_path: Path) -> None:
    accepted = []
    for path, wrong in hostile(handed):
        try:
            refused(take, tmp_path, packed(changed(handed, path, wrong)))
        except pytest.fail.Exception:
            shutil.rmtree(tmp_path / "second")
            accepted.append((path, wrong))
    optional = ("begun_at", "written_at", "done_at")
    assert [each for each in accepted if each[0][-1] not in optional] == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"format": 2}, "that of another version"),
        ({"format": 10**400}, "that of another version"),
        ({"status": "rolling_back"}, "its status"),
        ({"status": "none of them"}, "is not one of running, interrupted"),
        ({"rollback": {"waves": [1], "all": True}}, "its status"),
        ({"passed": [3]}, "the wave 3, and there are 2"),
        ({"paused_before": 3}, "the wave 3, and there are 2"),
        ({"revision": 10**400}, "is not a whole number"),
        ({"waves": []}, "its waves|snapshots|there are 0"),
        ({"started_at": 1e12}, "is not a time"),
        ({"declaration": {"x": "\ud800"}}, "half a character"),
    ],
)
def test_states_that_do_not_fit_together(handed: Data, take: Take, tmp_path: Path, change: Data, said: str) -> None:
    handed["state"] |= change
    with pytest.raises(BadInput, match=said):
        take(packed(handed))
    refused(take, tmp_path, packed(handed))


@pytest.mark.parametrize(
    "name",
    [
        "state.json", "rollout-report.html", "../escaped.json", "/tmp/nxai-escaped.json", "a/../../escaped.json", "..",
        "", "snapshot-wave-002-1.json", "snapshot-wave-001-1.json\x00", "{{ lookup('pipe', 'id') }}", "\ud800",
    ],
)  # fmt: skip
def test_no_file_is_named_by_it(handed: Data, take: Take, tmp_path: Path, name: str) -> None:
    handed["snapshots"][name] = []
    assert "has too few members, or one that is not known" in refused(take, tmp_path, packed(handed))


@pytest.mark.parametrize("change", [{"number": 0}, {"number": 7}, {"snapshots": 0}, {"snapshots": "1/../../x"}])
def test_nor_by_the_numbers_of_a_wave(handed: Data, take: Take, tmp_path: Path, change: Data) -> None:
    handed["state"]["waves"][0] |= change
    refused(take, tmp_path, packed(handed))


def test_texts_that_are_no_artefact(handed: Data, take: Take, tmp_path: Path) -> None:
    whole = json.dumps(handed).encode()
    once = zlib.compress(whole)
    texts = [
        packed(whole)[:-8], base64.b64encode(once[:-4]).decode(), base64.b64encode(once + b"x").decode(),
        base64.b64encode(once * 2).decode(), packed(once), base64.b64encode(whole).decode(),
        packed(packed(whole).encode()), packed(b"[" * 100_000), packed(b"1" * 5000), packed(b'{"state": NaN}'),
        packed(b"\xff\xfe"), packed(b""), packed(whole + b"{}"), packed([handed]), packed(None), packed(whole[:-1]),
        packed({**handed, "more": 1}), packed({"state": handed["state"]}), "\u0661", "{{ 7 * 7 }}", "x" * (17 << 20),
        "</script>", "../state.json",
    ]  # fmt: skip
    for text in texts:
        refused(take, tmp_path, text)


def test_of_a_member_that_comes_twice_the_last_is_judged(handed: Data, take: Take, tmp_path: Path) -> None:
    text = json.dumps(handed).replace('"revision"', '"revision": 1, "revision": null, "updated"', 1)
    refused(take, tmp_path, packed(text.encode()))
    twice = json.dumps(handed).replace('"message"', '"message": {}, "message"', 1)
    assert take(packed(twice.encode()))["summary"]["status"] == "running"


def test_nothing_is_written_for_another_rollout_or_declaration(handed: Data, take: Take, tmp_path: Path) -> None:
    for options in ({"name": "other"}, {"declaration": {"state": "exact"}}):
        with pytest.raises(BadInput, match=r"it is of the rollout r|another value of state"):
            take(packed(handed), **options)
        assert not (tmp_path / "second").exists()


MARKUP = [
    "</script><script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)", "{{ 7 * 7 }}",
    "' onmouseover='alert(1)", "</style></title><svg onload=alert(1)>", "-e a=<b>", "<!--", "&#60;b&#62;",
]  # fmt: skip


@pytest.mark.parametrize("text", MARKUP)
def test_every_text_of_it_is_text_in_the_report(handed: Data, take: Take, tmp_path: Path, text: str) -> None:
    waves = handed["state"]["waves"]
    waves[0] |= {"status": "failed", "reason": text, "name": text}
    for row in (*waves[0]["devices"], *handed["state"]["aside"]):
        row |= {"site": text, "site_name": text, "device": text, "name": text, "reason": text}
    waves[0]["devices"][0]["status"] = "gate"
    handed["state"] |= {"message": text, "run": text, "status": "stopped"}
    take(packed(handed))
    page = (tmp_path / "second" / "rollout-report.html").read_text()
    for sign in ("<script", "<img", "<svg", "<b>", "<!--", " onmouseover='", "href", "src=x onerror=alert(1)>"):
        assert sign not in page
    assert page.count(escape(text)) > 5


def test_a_number_of_the_report_is_text_too(handed: Data) -> None:
    report = as_report(handed["state"])
    report["waves"][0] |= {"number": "<b>", "begun_at": "<b>2026-01-01T00:00:00"}
    report["started_at"] = "<b>"
    report["queued"][0]["wave"] = "<b>"
    assert "<b>" not in as_html(report)


def test_what_a_rollout_itself_writes_can_be_read_back(tmp_path: Path) -> None:
    """Reasons come from tasks, which can print megabytes; they are cut, and the next run goes on."""
    waves = [{"name": "100%", "devices": [device(1)]}]
    run = step(tmp_path, "open", waves=waves)["run"]
    step(tmp_path, "begin", run=run, wave=1, devices=rows([1], "planned"), snapshot=[])
    step(tmp_path, "written", run=run, wave=1, devices=rows([1], "failed", "x" * 100_000))
    saved = step(tmp_path, "open")["saved"]
    assert step(tmp_path / "elsewhere", "open", saved=saved)["summary"]["status"] == "running"


@pytest.mark.parametrize("name", ["\ud800", "x" * 70_000])
def test_what_could_not_be_read_back_is_not_begun(tmp_path: Path, name: str) -> None:
    waves = [{"name": "100%", "devices": [{**device(1), "name": name}]}]
    with pytest.raises(BadInput, match=r"Plan the rollout r: its state\.waves\[0\]\.devices\[0\]\.name"):
        step(tmp_path / "home", "open", waves=waves)
    assert not (tmp_path / "home").exists()


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
        (b'"' + b"y" * 1022 + b'\\ud83d\\ude00",', 26, "it is not a state of a rollout"),
        (b'"' + b"y" * 1022 + b'\\ud83d\\ude00",', 30, "it would take more than 216 MiB of memory"),
        (b'"' + b"y" * 1020 + "\U0001f600".encode() + b'",', 26, "it is not a state of a rollout"),
        (b'{"a":{"b":{"c":{"d":0}}}},', 9, "it would take more than 216 MiB of memory"),
        (b"[" * 1023 + b"0" + b"]" * 1023 + b",", 1, "nested more than 100 deep"),
    ],
)
def test_a_few_bytes_do_not_become_gigabytes(tmp_path: Path, piece: bytes, mebibytes: int, said: str) -> None:
    (tmp_path / "saved").write_text(bomb(piece, mebibytes))
    found = cost_of(
        """
from pathlib import Path
from ansible_collections.nxai.cloud.plugins.module_utils._rollout.steps import RolloutRun
from ansible_collections.nxai.cloud.plugins.modules.nxai_rollout_state import ARGUMENT_SPEC
options = {name: option.get("default") for name, option in ARGUMENT_SPEC.items()}
options |= {"path": sys.argv[1] + "/home", "step": "open", "name": "r", "declaration": {}}
options["saved"] = Path(sys.argv[1], "saved").read_text()
RolloutRun(options, False).take_step()
""",
        str(tmp_path),
    )
    assert said in found.said and found.mebibytes < MOST_MEMORY, found
    assert not (tmp_path / "home").exists()


def test_forty_thousand_devices_are_handed_on(tmp_path: Path) -> None:
    site = "8d6f6d5c-7f0e-4c3a-9d5c-2f3a1b0c9e8d"
    devices = [
        {**device(n), "site": site, "site_name": f"Shop {n // 50}", "device": f"{{4f7d9c1e-2b6a-4d3f-8a5b-{n:012x}}}"}
        for n in range(40_000)
    ]
    wire = {
        "modelUUID": site, "modelNMS": 0.42, "resizingMethod": "Letterbox", "Preprocessor": "", "Postprocessor": "",
        "chains": [],
    }  # fmt: skip
    snapshot = [{**{n: row[n] for n in ("site", "device", "name")}, "pipelines": [wire]} for row in devices]
    run = step(tmp_path / "one", "open", waves=[{"name": "100%", "devices": devices}])["run"]
    planned = [{**row, "status": "planned", "reason": ""} for row in devices]
    saved = step(tmp_path / "one", "begin", run=run, wave=1, devices=planned, snapshot=snapshot)["saved"]
    assert step(tmp_path / "two", "open", saved=saved)["todo"][0]["devices"][-1]["device"] == devices[-1]["device"]
