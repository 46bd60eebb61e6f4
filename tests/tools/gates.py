# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The gates: what has to hold before a change is taken."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from tools import ansible_test
from tools.ee import Controller, define, run_jobs
from tools.guide import serve_by_guide
from tools.report import Failed, NotRun, Shell, Step
from tools.simulated import FAST, make_model, simulator
from tools.venvs import Venv, audit_venv, ee_venv, rulebook_venv, runtime_venv
from tools.workplace import CACHE, COLLECTIONS, ROOT, TESTS, environment

JAVA = 17  # what ansible-rulebook needs at least
# The tests that see nothing of Ansible: they run on the newest and the oldest core, with the Pythons of these.
_NO_ANSIBLE = ("module_utils", "simulator")
_DEVELOPMENT = " -X dev"  # a third slower: once is enough


@dataclass(frozen=True)
class Gates:
    """The gates on the newest ansible-core, and those that are repeated on older ones."""

    newest: Venv
    older: Sequence[Venv]
    every: bool = False  # all cores: then many more cases, too, on the newest and the oldest libraries

    def lint(self) -> list[Step]:
        packages = ("ansible_collections.nxai.cloud.plugins", "contract", "simulator", "tools")
        return [
            self._step("ruff", "ruff check .", "ruff format --check ."),
            self._step("mypy", " ".join(["mypy", *(f"--package {each}" for each in packages)])),
            self._step("yamllint", "yamllint --strict ."),
            self._step("antsibull-changelog", "antsibull-changelog lint"),
            self._step("ansible-lint", "ansible-lint --offline --profile production --strict"),
        ]

    def audit(self) -> list[Step]:
        return [Step("pip-audit", self._audit)]

    def docs(self) -> list[Step]:
        options = "--plugin-docs --validate-collection-refs=all --skip-rstcheck"
        return [
            *self._returns("--check"),
            self._step("antsibull-docs", f"antsibull-docs lint-collection-docs {options} ."),
            Step("ansible-doc", self._ansible_doc),
            Step("simulator, by its guide", partial(serve_by_guide, self._environment())),
        ]

    def returns(self) -> list[Step]:
        """Not a gate: writes the shared return values into the RETURN blocks, and the tables of docs/api.md."""
        return self._returns()

    def changelog(self) -> list[Step]:
        """Not a gate: turns the fragments into the changelog of the version in galaxy.yml."""
        return [self._step("changelog", "antsibull-changelog release --update-existing")]

    def unit(self) -> list[Step]:
        contract = [self._contract(), *([self._by_playbook()] if self.every else [])]
        each = [*self._on_each("unit", self._unit), *self._on_each("faults", _faults)]
        return [replace(step, alone=True) for step in (*each, *contract)]

    def models(self) -> list[Step]:
        """Real model files, large ones too, in the vendor's runtime and in the newest."""
        return [Step("real models, onnxruntime 1.17 and newest", self._models, alone=True)]

    def sanity(self) -> list[Step]:
        return self._on_each("ansible-test sanity", ansible_test.sanity)

    def integration(self) -> list[Step]:
        return self._on_each("ansible-test integration", ansible_test.integration)

    def molecule(self) -> list[Step]:
        return [Step("molecule", self._molecule)]

    def build(self) -> list[Step]:
        return [Step("build, install, run", self._build)]

    def ee(self) -> list[Step]:
        return [Step("execution environment, jobs of a controller", self._ee)]

    def rulebooks(self) -> list[Step]:
        return [Step("rulebooks", self._rulebooks)]

    def all(self) -> list[Step]:
        """Cheap ones first; of those that run side by side, the long ones."""
        gates = (
            self.lint,
            self.docs,
            self.unit,
            self.sanity,
            self.rulebooks,
            self.integration,
            self.ee,
            self.molecule,
            self.build,
        )
        large = self.models() if self.every else []
        return [*(step for gate in gates for step in gate()), *large]

    def _on_each(self, title: str, action: Callable[[Venv, Shell], None]) -> list[Step]:
        return [
            Step(f"{title}, ansible-core {venv.core.minor}, Python {venv.python}", partial(action, venv))
            for venv in (self.newest, *self.older)
        ]

    def _environment(self, **extra: str) -> dict[str, str]:
        return environment([self.newest.folder / "bin"], **extra)

    def _step(self, title: str, *commands: str) -> Step:
        def run_all(shell: Shell) -> None:
            for command in commands:
                shell.run(command.split(), self._environment())

        return Step(title, run_all)

    def _contract(self) -> Step:
        """On the newest core alone: what differs there is the service."""
        command = pytest_on(self.newest, "tests/contract")
        return Step("contract matrix", lambda shell: shell.run(command, self._environment()))

    def _by_playbook(self) -> Step:
        """Ten rows of it through playbooks, an inventory and roles."""
        command = pytest_on(self.newest, "tests/contract/by_playbook.py")
        return Step("contract, by playbook", lambda shell: shell.run(command, self._environment()))

    def _returns(self, *options: str) -> list[Step]:
        """What is written once and shown in several places: return values, and the lines of the contract."""
        return [self._script(name, *options) for name in ("returns", "lines")]

    def _script(self, name: str, *options: str) -> Step:
        command = [self.newest.bin("python"), "-m", f"tools.{name}", *options]
        env = self._environment(PYTHONPATH=f"{TESTS}{os.pathsep}{COLLECTIONS}")
        return Step(name, lambda shell: shell.run(command, env))

    def _ansible_doc(self, shell: Shell) -> None:
        """Each plugin's page prints, and nothing is said besides."""
        pages = 0
        for kind in ("module", "inventory", "lookup", "filter", "role"):
            listing = shell.run(["ansible-doc", "--json", "--list", "--type", kind, "nxai.cloud"], self._environment())
            names = list(json.loads(listing))
            if names:
                page = shell.run(["ansible-doc", "--type", kind, *names], self._environment())
                # Where there are roles, ansible-core 2.21 also warns of a collection inside itself.
                if any("WARNING" in line and "ansible/_protomatter" not in line for line in page.splitlines()):
                    raise Failed("ansible-doc warns, see above")
            pages += len(names)
        if pages == 0:
            raise Failed("ansible-doc knows no plugin of the collection")

    def _audit(self, shell: Shell) -> None:
        """Known holes in what the tests install. Without the network there is nothing to compare with."""
        report = CACHE / "audit.json"
        report.unlink(missing_ok=True)
        try:
            packages = next((self.newest.folder / "lib").glob("python3*/site-packages"))
            program = [audit_venv().bin("pip-audit"), "--progress-spinner", "off", "--format", "json"]
            shell.run([*program, "--output", report, "--path", packages], self._environment())
        except (Failed, subprocess.CalledProcessError) as error:
            found = vulnerable(report)
            if found:
                raise Failed(f"known holes: {', '.join(found)}") from None
            last = shell.text.strip().rpartition("\n")[2]
            raise NotRun(f"the data of known holes could not be had: {last or error}"[:300]) from None

    def _unit(self, venv: Venv, shell: Shell) -> None:
        many = self.every and (venv == self.newest or venv.lowest)
        env = environment([venv.folder / "bin"], **({"FUZZ_CASES": "100000", "NXAI_HISTORIES": "2000"} if many else {}))
        between = [] if venv == self.newest or venv.lowest else [f"--ignore=tests/unit/{each}" for each in _NO_ANSIBLE]
        mode = _DEVELOPMENT if venv == self.newest else ""
        shell.run([*pytest_on(venv, "tests/unit", mode), *between], env)

    def _models(self, shell: Shell) -> None:
        venv = runtime_venv()
        if venv is None:
            raise NotRun("onnxruntime 1.17 needs Python 3.12 or older, and there is none here")
        packages = str(next((venv.folder / "lib").glob("python3*/site-packages")))
        for each in (venv, self.newest):
            env = environment([each.folder / "bin"], NXAI_MODELS=packages)
            shell.run([each.bin("python"), "-m", "pytest", "tests/models"], env)

    def _molecule(self, shell: Shell) -> None:
        model = make_model(self.newest)
        with simulator(self.newest, speed=FAST) as variables:
            shell.run(["molecule", "test", "--all"], self._environment(**variables, MODEL_FILE=str(model)))

    def _build(self, shell: Shell) -> None:
        """Build the tarball, install it into an empty path, and run a playbook with that path alone."""
        folder = CACHE / "build"
        env = self._environment(ANSIBLE_COLLECTIONS_PATH=str(self._install(folder, shell)))
        with simulator(self.newest, speed=FAST) as variables:
            quiet = {"ANSIBLE_LOCALHOST_WARNING": "false", "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false"}
            shell.run(["ansible-playbook", TESTS / "tools" / "installed.yml"], {**env, **variables, **quiet}, folder)

    def _install(self, folder: Path, shell: Shell) -> Path:
        """Where the tarball is installed. The folder is made anew."""
        shutil.rmtree(folder, ignore_errors=True)
        installed = folder / "installed"
        env = self._environment(ANSIBLE_COLLECTIONS_PATH=str(installed))
        shell.run(["ansible-galaxy", "collection", "build", "--output-path", folder], env)
        tarball = next(folder.glob("nxai-cloud-*.tar.gz"))
        untracked = files_in(tarball) - tracked(ROOT)
        if untracked:
            raise Failed(f"the tarball holds what git does not track: {', '.join(sorted(untracked))}")
        install = ["ansible-galaxy", "collection", "install", "--offline", "--collections-path"]
        shell.run([*install, installed, tarball], env, folder)
        return installed

    def _ee(self, shell: Shell) -> None:
        """What the definition becomes, and jobs from the installed tarball, as a controller runs them."""
        folder, tools = CACHE / "ee", ee_venv()
        installed = self._install(folder, shell)
        define(tools, installed, folder, self._environment(), shell)
        with simulator(self.newest, speed=FAST) as credential:
            run_jobs(Controller(tools, installed, folder, self._environment(), shell), credential)

    def _rulebooks(self, shell: Shell) -> None:
        """ansible-rulebook with the installed collection, as it loads a source: by itself, outside of any package."""
        if java_version() < JAVA:
            raise NotRun(f"ansible-rulebook needs Java {JAVA} or newer, and there is none here")
        folder = CACHE / "rulebooks"
        installed = str(self._install(folder, shell))
        where = {"RULEBOOK_BIN": str(rulebook_venv().folder / "bin"), "RULEBOOK_COLLECTIONS": installed}
        env = self._environment(ANSIBLE_COLLECTIONS_PATH=installed, **where)
        shell.run([self.newest.bin("python"), "-W", "error", "-m", "pytest", "tests/rulebook"], env)


def java_version() -> int:
    """The first number of what the program java says; 0 where there is none."""
    if not shutil.which("java"):
        return 0
    said = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', said)
    return int(found[1]) if found else 0


def vulnerable(report: Path) -> list[str]:
    """The packages that pip-audit names with what it found; none where it did not come to write its report."""
    if not report.exists():
        return []
    packages = json.loads(report.read_text())["dependencies"]
    holes = [(each, hole["id"]) for each in packages for hole in each.get("vulns", ())]
    return [f"{each['name']} {each['version']} ({hole})" for each, hole in holes]


def files_in(tarball: Path) -> set[str]:
    """Its files, without the two lists that ansible-galaxy adds."""
    with tarfile.open(tarball) as members:
        return {each.name for each in members if not each.isdir()} - {"FILES.json", "MANIFEST.json"}


def tracked(clone: Path) -> set[str]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=clone, check=True, capture_output=True, text=True)
    return set(listing.stdout.split("\0"))


def pytest_on(venv: Venv, folder: str, mode: str = "") -> list[str | Path]:
    """Many tests wait, so there is one more at a time than processors. Each process has to be given its mode."""
    processes = f"{(os.cpu_count() or 1) + 1}*popen//python={venv.bin('python')}{mode}"
    return [
        venv.bin("python"),
        *mode.split(),
        "-W",
        "error",
        "-m",
        "pytest",
        folder,
        "--dist=worksteal",
        f"--tx={processes}",
    ]


def _faults(venv: Venv, shell: Shell) -> None:
    shell.run(pytest_on(venv, "tests/faults"), environment([venv.folder / "bin"]))
