# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Change the code in small ways, one at a time, and see whether a test fails. See ``tests/mutmut.toml``.

Only a copy below ``.cache`` is changed, so that nothing is left in the clone even if this is killed.
"""

from __future__ import annotations

import ast
import difflib
import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.venvs import mutate_venv
from tools.workplace import CACHE, ROOT, TESTS, environment

WANTED = 85.0  # per cent of the mutants of each file
KEPT = TESTS / "mutants-kept.txt"
_FOLDER = CACHE / "mutate"
_CLONE = Path("ansible_collections", "nxai", "cloud")
_COPIED = ("galaxy.yml", "meta", "plugins", "pyproject.toml", "tests")
_KILLED = {1: "killed", 3: "killed", 36: "timed out", 24: "timed out", -24: "timed out", 152: "timed out"}


@dataclass(frozen=True)
class Result:
    """What became of the mutants of one file: the number of those killed, the survivors in words."""

    name: str
    killed: int
    timed_out: int
    survivors: list[str]

    @property
    def total(self) -> int:
        return self.killed + self.timed_out + len(self.survivors)

    @property
    def score(self) -> float:
        return 100 * (1 - len(self.survivors) / self.total) if self.total else 0.0

    def __str__(self) -> str:
        slow = f", {self.timed_out} more did not end" if self.timed_out else ""
        return f"{self.name:<16} {self.score:5.1f} %  {self.killed} of {self.total} killed{slow}"


def mutate() -> int:
    """Run mutmut and print the scores and the survivors. 1 if a file has a lower score than wanted."""
    venv = mutate_venv()
    _copy()
    env = environment([venv.folder / "bin"])
    command = [venv.bin("mutmut"), "run", "--max-children", "1"]
    failed = subprocess.run(command, cwd=_FOLDER, env=env, stdin=subprocess.DEVNULL, check=False).returncode
    if failed:
        return failed
    results = [_result(meta) for meta in sorted((_FOLDER / "mutants").rglob("*.py.meta"))]
    results = [each for each in results if each.total]
    kept = set(KEPT.read_text(encoding="utf-8").splitlines())
    survivors = [each for result in results for each in result.survivors]
    _print("Survivors, each with its reason in tests/mutants-kept.txt", [each for each in survivors if each in kept])
    _print("Other survivors", [each for each in survivors if each not in kept])
    killed, timed_out = sum(each.killed for each in results), sum(each.timed_out for each in results)
    everything = Result("in all", killed, timed_out, survivors)
    _print(f"Mutation score (wanted: {WANTED:.0f} % of each file)", [str(each) for each in (*results, everything)])
    return int(not results or any(each.score < WANTED for each in results))


def _copy() -> None:
    shutil.rmtree(_FOLDER, ignore_errors=True)
    (_FOLDER / _CLONE).mkdir(parents=True)
    for name in _COPIED:
        source, target = ROOT / name, _FOLDER / _CLONE / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "output"))
        else:
            shutil.copy(source, target)
    shutil.copy(TESTS / "mutmut.toml", _FOLDER / "pyproject.toml")


def _result(meta: Path) -> Result:
    mutated = meta.with_suffix("")
    fates = {name: _KILLED.get(code) for name, code in json.loads(meta.read_text())["exit_code_by_key"].items()}
    alive = {name.rpartition(".")[2] for name, fate in fates.items() if fate is None}
    ends = list(fates.values())
    return Result(mutated.name, ends.count("killed"), ends.count("timed out"), list(_told(mutated, alive)))


def _told(mutated: Path, names: set[str]) -> Iterator[str]:
    """What each of these mutants changes, in one line. mutmut writes all versions of a function into one file."""
    text = mutated.read_text(encoding="utf-8")
    functions = {
        node.name: (ast.get_source_segment(text, node) or "").replace(node.name, "").splitlines()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef)
    }
    for name in sorted(names, key=lambda each: (each.partition("__mutmut")[0], int(each.rpartition("_")[2]))):
        function = name.partition("__mutmut_")[0]
        lines = list(difflib.ndiff(functions[f"{function}__mutmut_orig"], functions[name]))
        old, new = (" ".join(line[2:].strip() for line in lines if line.startswith(sign)) for sign in "-+")
        yield f"{mutated.stem}.{function.removeprefix('x').lstrip('_ǁ').replace('ǁ', '.')}: {old} -> {new}".rstrip()


def _print(title: str, lines: list[str]) -> None:
    if lines:
        print("", f"{title}:", *(f"  {line}" for line in lines), sep="\n")
