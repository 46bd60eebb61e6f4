# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every option of every module, with values of all kinds: a clear failure or a success, never a traceback or a hang."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.basic import AnsibleModule
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from module_runs import RunModule

from simulator.testing import Served

COLLECTION = Path(__file__).parents[3]
MODULES = sorted(path.stem for path in (COLLECTION / "plugins" / "modules").glob("nxai_*.py"))
SECONDS = 30  # real ones; whatever is waited for here has happened already, or never will

HOSTILE = [
    "{{ 7*7 }}", "{% for x in y %}", "../../etc/passwd", "\x00", "\x1b[31m", "a\nb", "'\"`$(id)", "é\U0001f600",
    "\u202e", "{}", "{4f7d9c1e-2b6a-4d3f-8a5b-0c1d2e3f4a5b}", "4F7D9C1E-2B6A-4D3F-8A5B-0C1D2E3F4A5B", "*", "[", "%s",
    "", " ", "x" * 5000,
]  # fmt: skip
NAMES = ["Shop 001", "Shop 002", "Shop *", "Entrance", "Twin", "A model", "A catalogue", "Server A"]
ADDRESSES = ["", "x", "http://[", "file:///etc/passwd", "http://a b", "http://127.0.0.1:99999", "http://127.0.0.1:1"]
TIMES = [0, -1, 0.01, "0.01", "nan", "inf", "x"]
NUMBERS = [0, 1, -1, 2, 0.5, 10**400, 1e308, "1", "nan", "inf", "1e3", True]
HARDLY_TEXT = ["\x00", "9" * 5000, "\x85"]  # 5000 digits: more than int() takes
LEAF = st.one_of(st.none(), st.booleans(), st.sampled_from(NUMBERS), st.sampled_from(HOSTILE), st.text(max_size=8))
JUNK = st.recursive(
    LEAF, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)
ALSO: dict[str, dict[str, Any]] = {  # what is required in some cases only
    "nxai_pipeline": {"restore": [{"site": "x", "device": "x", "pipelines": []}]},
    "nxai_rollout": {"path": "x", "run": "x", "name": "x", "declaration": {}},
}
DEEP: Any = None
for _level in range(100):
    DEEP = {"chains": [DEEP]}


def values(name: str, spec: Mapping[str, Any], paths: list[str]) -> st.SearchStrategy[Any]:
    """Values of the option's own type most of the time, and else whatever."""
    return st.one_of(fitting(name, spec, paths), fitting(name, spec, paths), JUNK, st.just(DEEP))


def fitting(name: str, spec: Mapping[str, Any], paths: list[str]) -> st.SearchStrategy[Any]:
    kind = spec.get("type", "str")
    if name in ("api_url", "cloud_url"):
        return st.sampled_from(ADDRESSES)
    if name in ("timeout", "retry_budget") or "wait_" in name or name.endswith("_timeout"):
        return st.sampled_from(TIMES)
    if "choices" in spec:
        return st.sampled_from(spec["choices"])
    if spec.get("options"):
        inner = {each: values(each, its, paths) for each, its in spec["options"].items()}
        needed = {each: inner.pop(each) for each, its in spec["options"].items() if its.get("required")}
        one = st.fixed_dictionaries(needed, optional=inner)
        return st.lists(one, max_size=3) if kind == "list" else one
    if kind == "list":
        return st.lists(values("", {"type": spec.get("elements", "raw")}, paths), max_size=3)
    strings = st.sampled_from(NAMES) | st.sampled_from(HOSTILE)
    by_type = {
        "str": strings,
        "path": st.sampled_from(paths),
        "bool": st.sampled_from([True, False, "yes", "no", "maybe"]),
        "int": st.sampled_from(NUMBERS),
        "float": st.sampled_from(NUMBERS),
        "bytes": st.sampled_from(["640M", "1", "-1", "0", "1e9", "x"]),
        "dict": st.dictionaries(st.sampled_from(["pipelines", "state", "x"]), JUNK, max_size=3),
    }
    return by_type.get(kind, JUNK | strings)


def needed(module_name: str, spec: Mapping[str, Any], path: str) -> dict[str, Any]:
    """The options without which nothing is looked at, each with a usual value."""
    usual: dict[str, Any] = {"str": "x", "path": path, "list": ["x"], "dict": {}}
    required = {name: its for name, its in spec.items() if its.get("required")}
    options = {name: its.get("choices", [usual[its.get("type", "str")]])[0] for name, its in required.items()}
    return {**options, **ALSO.get(module_name, {})}


@pytest.fixture
def no_hang() -> Iterator[Callable[[], None]]:
    """Gives a function that begins to count anew."""

    def hung(_signal: int, _frame: object) -> None:
        raise TimeoutError(f"it hangs for {SECONDS} s")

    before = signal.signal(signal.SIGALRM, hung)
    yield lambda: signal.setitimer(signal.ITIMER_REAL, SECONDS)  # type: ignore[func-returns-value]
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def paths(tmp_path: Path, onnx_file: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A directory to be in, and paths in it. Nothing may be written beside it."""
    home = tmp_path / "around" / "home"
    home.mkdir(parents=True)
    monkeypatch.chdir(home)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("NXAI_RETRY_BUDGET", "0.05")
    (home / "text").write_text("no model, no token")
    strange = ["text", "missing", "new/deeper", ".", "", "/dev/null", "~/kept", "~nobody-at-all/x", "a\x00b"]
    return [str(onnx_file), *strange]


@pytest.mark.parametrize("module_name", MODULES)
def test_a_clear_failure_or_a_success(
    module_name: str,
    cloud: Served,
    run_module: RunModule,
    paths: list[str],
    no_hang: Callable[[], None],
    specs: Callable[[str], dict[str, Any]],
) -> None:
    spec = specs(module_name)
    required = {name: values(name, its, paths) for name, its in spec.items() if its.get("required")}
    optional = {name: values(name, its, paths) for name, its in spec.items() if name not in required}
    some = st.lists(st.sampled_from(sorted(optional)), max_size=5, unique=True).flatmap(
        lambda names: st.fixed_dictionaries({**required, **{name: optional[name] for name in names}})
    )
    outcomes = set()

    @settings(max_examples=60, derandomize=True, suppress_health_check=list(HealthCheck), database=None)
    @given(options=some, check=st.booleans())
    def examine(options: dict[str, Any], check: bool) -> None:
        no_hang()
        cloud.reset()
        result = run_module(module_name, check=check, warns=None, **options)
        outcomes.add(bool(result.get("failed")))
        assert "Traceback" not in json.dumps(result)
        if result.get("failed"):
            assert isinstance(result["msg"], str) and len(result["msg"]) > 10, result
        if check:
            assert cloud.writes() == []

    examine()
    assert any(outcomes), "no example failed: the values are not strange enough"
    assert os.listdir(Path.cwd().parent) == ["home"], "a file where none should be"


@pytest.mark.parametrize("module_name", MODULES)
def test_no_option_takes_what_can_be_no_path(
    module_name: str,
    cloud: Served,
    run_module: RunModule,
    specs: Callable[[str], dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(AnsibleModule, "_log_invocation", lambda _module: None)  # newer cores stop there already
    spec = specs(module_name)
    options = needed(module_name, spec, "x")
    for name in [name for name, its in spec.items() if its.get("type") == "path"]:
        result = run_module(module_name, warns=None, **{**options, name: "a\0b"})
        assert result["failed"] and result["msg"].startswith(f"{name} cannot be a path, as it has a byte 0"), result
    assert cloud.log() == []
    inner = [each for its in spec.values() for each in its.get("options", {}).values()]
    assert all(each.get("type") != "path" for each in inner), "let the engine look into options of options too"


@pytest.mark.parametrize("module_name", MODULES)
def test_no_option_breaks_at_what_is_hardly_text(
    module_name: str,
    cloud: Served,
    run_module: RunModule,
    specs: Callable[[str], dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    paths: list[str],
) -> None:
    monkeypatch.setattr(AnsibleModule, "_log_invocation", lambda _module: None)
    spec = specs(module_name)
    options = needed(module_name, spec, paths[0])
    texts = [name for name, its in spec.items() if its.get("type", "str") in ("str", "path") and "choices" not in its]
    for name in texts:
        for value in HARDLY_TEXT:
            result = run_module(module_name, check=True, warns=None, **{**options, name: value})
            assert "Traceback" not in json.dumps(result), (name, value[:10])
