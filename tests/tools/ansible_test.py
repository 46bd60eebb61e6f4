# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ansible-test, on a copy of the collection: it wants a Git work tree of its own below ``ansible_collections``."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.pythons import found
from tools.report import Failed, Shell
from tools.simulated import FAST, make_model, simulator
from tools.venvs import Venv
from tools.workplace import CACHE, HOME, ROOT, environment, make_home


def sanity(venv: Venv, shell: Shell) -> None:
    """All sanity tests, on all Pythons of this machine that the ansible-core supports."""
    place = _Place.made("sanity", venv)
    if any(place.tree.glob("tests/sanity/ignore*")):
        raise Failed("there are ignore files in tests/sanity: this collection has none")
    _provide_pip(venv, place.home / ".ansible" / "test" / "cache")
    shell.run([venv.bin("ansible-test"), "sanity", "--color", "no"], place.environment(venv), place.tree)


def integration(venv: Venv, shell: Shell) -> None:
    """All integration targets, in this machine's own Python environment, against a simulator."""
    place = _Place.made("integration", venv)
    model, other = make_model(venv), place.home / "other.onnx"
    # Fields of a protobuf message may be appended: this is the same graph with the producer_version "2".
    other.write_bytes(model.read_bytes() + b"\x1a\x012")
    with simulator(venv, speed=FAST) as variables:
        given = {**variables, "NXAI_MODEL_FILE": str(model), "NXAI_OTHER_FILE": str(other)}
        _write_configuration(given, place.tree)
        command = [venv.bin("ansible-test"), "integration", "--local", "--color", "no", "--diff"]
        shell.run(command, place.environment(venv), place.tree)


@dataclass(frozen=True)
class _Place:
    """A tree and a home for one run of ansible-test: several run side by side, and each keeps things in both."""

    tree: Path
    home: Path

    @classmethod
    def made(cls, gate: str, venv: Venv) -> _Place:
        folder = CACHE / "ansible-test" / f"{gate}-{venv.core.minor}"
        place = cls(folder / "ansible_collections" / "nxai" / "cloud", folder / "home")
        make_home(place.home, HOME)
        place._copy()
        return place

    def _copy(self) -> None:
        """What Git would commit, as it stands in the work tree now."""
        listing = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        names = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
        shutil.rmtree(self.tree, ignore_errors=True)
        for name in names:
            source, target = ROOT / name, self.tree / name
            if name and (source.is_file() or source.is_symlink()):
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target, follow_symlinks=False)
        subprocess.run(["git", "init", "--quiet"], cwd=self.tree, check=True, env=environment())

    def environment(self, venv: Venv) -> dict[str, str]:
        """ansible-test finds the other Pythons on PATH."""
        pythons = [python.executable.parent for python in found().values()]
        return environment([venv.folder / "bin", venv.python.executable.parent, *pythons], HOME=str(self.home))


def _provide_pip(venv: Venv, cache: Path) -> None:
    """Put the wheel of the pip that this ansible-test installs, and the script that installs it, into its cache."""
    source = next((venv.folder / "lib").glob("python3*/site-packages/ansible_test/_internal/python_requirements.py"))
    wanted = re.search(r"\bpip='([\d.]+)'", source.read_text())
    if wanted is None:
        raise Failed(f"{source} no longer says which pip it installs")
    version = wanted[1]
    script = cache / f"get_pip_{version.replace('.', '_')}.py"
    if not script.exists():
        download = ["-m", "pip", "download", "-qq", "--no-deps", "--dest", str(cache), f"pip=={version}"]
        subprocess.run([venv.bin("python"), *download], check=True, stdin=subprocess.DEVNULL)
        shutil.copy2(Path(__file__).with_name("get_pip.py"), script)


def _write_configuration(variables: Mapping[str, str], tree: Path) -> None:
    """integration_config.yml: each variable in lower case. A JSON string is one in YAML."""
    lines = ["---", *(f"{name.lower()}: {json.dumps(value)}" for name, value in sorted(variables.items())), ""]
    (tree / "tests" / "integration" / "integration_config.yml").write_text("\n".join(lines))
