# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pins of the environments, and the gate of known holes."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tools import gates, venvs
from tools.gates import Gates
from tools.locks import CONSTRAINTS, HASHES_ONLY, NotPinned, Pin, constraints, locked, read_pins
from tools.pythons import CORES, Core, Python
from tools.venvs import Venv
from tools.workplace import TESTS

ONE, TWO = "a" * 64, "b" * 64
TEXT = f"""\
# made by a tool
alpha==1.0 \\
    --hash=sha256:{ONE} \\
    --hash=sha256:{TWO}
Beta.x==2.0; python_version == "3.10" \\
    --hash=sha256:{ONE}
Beta.x==3.0; python_version == "3.11" \\
    --hash=sha256:{TWO}
{HASHES_ONLY}
core==1.1 \\
    --hash=sha256:{ONE}
core==1.2 \\
    --hash=sha256:{TWO}
"""


def test_pins_are_written_as_they_are_read() -> None:
    pins = read_pins(TEXT)
    assert "".join(f"{pin.with_hashes()}\n" for pin in pins) == re.sub("#.*\n", "", TEXT)
    with pytest.raises(ValueError, match="not a pin with hashes: alpha>=1"):
        read_pins("alpha>=1")


def test_what_stands_in_the_second_part_constrains_nothing_and_has_its_hashes() -> None:
    pins = read_pins(TEXT)
    assert constraints(pins).splitlines() == [
        "alpha==1.0",
        'Beta.x==2.0; python_version == "3.10"',
        'Beta.x==3.0; python_version == "3.11"',
    ]
    assert locked([Pin("core", "1.2"), Pin("beta-x", "3.0")], pins).splitlines() == [
        "core==1.2 \\", f"    --hash=sha256:{TWO}", "beta-x==3.0 \\", f"    --hash=sha256:{TWO}",
    ]  # fmt: skip
    with pytest.raises(NotPinned, match=r"alpha==9.9\. Run: make pins"):
        locked([Pin("alpha", "9.9")], pins)


def test_every_requirement_and_core_has_its_hashes_and_no_file_names_an_index() -> None:
    pins = {pin.key: pin for pin in read_pins(CONSTRAINTS.read_text())}
    assert [pin for pin in pins.values() if not pin.hashes] == []
    for core in CORES:
        assert ("ansible-core", core.release) in pins
    for file in TESTS.glob("requirements-*.txt"):
        for name, version in re.findall(r"^([\w.-]+)==([^\s;]+)", file.read_text(), re.MULTILINE):
            assert Pin(name, version).key in pins, f"{file.name}: {name}"
    for file in (CONSTRAINTS, *TESTS.glob("requirements-*.txt"), TESTS.parent / "requirements.txt"):
        assert not re.search(r"https?://|^-i|--(extra-)?index-url|--find-links", file.read_text(), re.MULTILINE)


def test_an_environment_takes_nothing_whose_hash_is_not_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A package that a folder gives, once with its own hash here and once with that of another file."""
    wheel = _wheel(tmp_path)
    requirements, pins = tmp_path / "requirements.txt", tmp_path / "constraints.txt"
    requirements.write_text("harmless==1.0\n")
    monkeypatch.setattr(venvs, "CACHE", tmp_path)
    monkeypatch.setattr(venvs, "CONSTRAINTS", pins)
    monkeypatch.setattr(venvs, "_clean", lambda: {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path), "PATH": ""})
    base = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"
    venv = Venv("tried", Core("2.16", "2.16.19", 10, 14), Python(sys.version_info.minor, base), (requirements,))

    pins.write_text(f"harmless==1.0 \\\n    --hash=sha256:{ONE}\n")
    with pytest.raises(subprocess.CalledProcessError):
        venv.make()
    assert "DO NOT MATCH THE HASHES" in capfd.readouterr().err
    assert not list((tmp_path / "venvs").rglob("harmless*"))

    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    pins.write_text(f"harmless==1.0 \\\n    --hash=sha256:{digest}\n")
    venv.make()
    assert list((tmp_path / "venvs").rglob("harmless.py"))


def _wheel(folder: Path) -> Path:
    file = folder / "harmless-1.0-py3-none-any.whl"
    info = "harmless-1.0.dist-info"
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("harmless.py", "")
        made.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: harmless\nVersion: 1.0\n")
        made.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        made.writestr(f"{info}/RECORD", f"harmless.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")
    return file


@pytest.mark.parametrize(
    ("program", "state", "words"),
    [
        ("echo 'Could not resolve host' >&2; exit 1", "not run", "could not be had: Could not resolve host"),
        ('echo \'{"dependencies": [{"name": "a", "version": "1", "vulns": []}]}\' > "$6"', "passed", ""),
        ('echo \'{"dependencies": [{"name": "a", "version": "1", "vulns": [{"id": "PYSEC-1"}]}]}\' > "$6"; exit 1',
         "FAILED", "a 1 (PYSEC-1)"),
    ],
)  # fmt: skip
def test_the_gate_of_known_holes_fails_for_holes_and_not_for_the_network(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    program: str,
    state: str,
    words: str,
) -> None:
    venv = Venv("tried", CORES[0], Python(13, Path(sys.executable)), ())
    monkeypatch.setattr(venvs, "CACHE", tmp_path)
    monkeypatch.setattr(gates, "CACHE", tmp_path)
    monkeypatch.setattr(gates, "audit_venv", lambda: venv)
    (venv.folder / "lib" / "python3.13" / "site-packages").mkdir(parents=True)
    (venv.folder / "bin").mkdir()
    Path(venv.bin("pip-audit")).write_text(f"#!/bin/sh\n{program}\n")
    Path(venv.bin("pip-audit")).chmod(0o700)
    (step,) = Gates(venv, ()).audit()
    good = step.run()
    assert (good, step.state) == (state != "FAILED", state)
    assert words in capsys.readouterr().out
    assert step.passed == (state == "passed") and bool(step.not_run) == (state == "not run")
