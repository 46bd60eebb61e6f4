# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ansible-test, on a copy of the collection: it wants a Git work tree of its own below ``ansible_collections``."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

from tools.pythons import found
from tools.report import Failed, Shell
from tools.simulated import FAST, make_model, simulator
from tools.venvs import Venv
from tools.workplace import CACHE, HOME, ROOT, environment

TREE = CACHE / "ansible-test" / "ansible_collections" / "nxai" / "cloud"
_PIP_CACHE = HOME / ".ansible" / "test" / "cache"


def sanity(venv: Venv, shell: Shell) -> None:
    """All sanity tests, on all Pythons of this machine that the ansible-core supports."""
    _copy_tree()
    if any(TREE.glob("tests/sanity/ignore*")):
        raise Failed("there are ignore files in tests/sanity: this collection has none")
    _provide_pip(venv)
    shell.run([venv.bin("ansible-test"), "sanity", "--color", "no"], _environment(venv), TREE)


def integration(venv: Venv, shell: Shell) -> None:
    """All integration targets, in this machine's own Python environment, against a simulator."""
    _copy_tree()
    model, other = make_model(venv), CACHE / "other.onnx"
    # Fields of a protobuf message may be appended: this is the same graph with the producer_version "2".
    other.write_bytes(model.read_bytes() + b"\x1a\x012")
    with simulator(venv, speed=FAST) as variables:
        _write_configuration({**variables, "NXAI_MODEL_FILE": str(model), "NXAI_OTHER_FILE": str(other)})
        command = [venv.bin("ansible-test"), "integration", "--local", "--color", "no", "--diff"]
        shell.run(command, _environment(venv), TREE)


def _environment(venv: Venv) -> dict[str, str]:
    """ansible-test finds the other Pythons on PATH."""
    pythons = [python.executable.parent for python in found().values()]
    return environment([venv.folder / "bin", venv.python.executable.parent, *pythons])


def _copy_tree() -> None:
    """What Git would commit, as it stands in the work tree now."""
    listing = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    shutil.rmtree(TREE, ignore_errors=True)
    for name in names:
        source, target = ROOT / name, TREE / name
        if name and (source.is_file() or source.is_symlink()):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target, follow_symlinks=False)
    subprocess.run(["git", "init", "--quiet"], cwd=TREE, check=True, env=environment())


def _provide_pip(venv: Venv) -> None:
    """Put the wheel of the pip that this ansible-test installs, and the script that installs it, into its cache."""
    source = next((venv.folder / "lib").glob("python3*/site-packages/ansible_test/_internal/python_requirements.py"))
    wanted = re.search(r"\bpip='([\d.]+)'", source.read_text())
    if wanted is None:
        raise Failed(f"{source} no longer says which pip it installs")
    version = wanted[1]
    script = _PIP_CACHE / f"get_pip_{version.replace('.', '_')}.py"
    if not script.exists():
        download = ["-m", "pip", "download", "-qq", "--no-deps", "--dest", str(_PIP_CACHE), f"pip=={version}"]
        subprocess.run([venv.bin("python"), *download], check=True, stdin=subprocess.DEVNULL)
        shutil.copy2(Path(__file__).with_name("get_pip.py"), script)


def _write_configuration(variables: dict[str, str]) -> None:
    """integration_config.yml: each variable in lower case. A JSON string is one in YAML."""
    lines = ["---", *(f"{name.lower()}: {json.dumps(value)}" for name, value in sorted(variables.items())), ""]
    (TREE / "tests" / "integration" / "integration_config.yml").write_text("\n".join(lines))
