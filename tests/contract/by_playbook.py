# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ten variants as a user meets them: playbooks, an inventory and roles, in processes of their own.

The matrix calls the modules in its own process. That the contract also reaches the inventory, the roles and the modules
that ansible-core packs and starts is seen here. ``make test-all`` runs this; pytest does not find it by its name.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.testing import Served
from tools.workplace import ansible

from .conftest import staged
from .layer import Layer
from .scenes import CONTENT
from .tasks import LINE, OPTION
from .variant import ADAPTED, WORKS, Variant
from .variants import VARIANTS
from .world import CAMERAS, same, truth, within

PLAYS = Path(__file__).parent / "plays"
CHOSEN = (
    "raw-403", "skip-top", "in-hal", "cap-no-total", "sites-path", "nxid-upper", "top-level", "function-uuid",
    "envelope-nxids", "parts-renamed",
)  # fmt: skip
Stage = tuple[Served, Layer]
_DONE = re.compile(r"localhost\s+: ok=\d+\s+changed=(\d+)\s+unreachable=0\s+failed=0\s")


@pytest.fixture(scope="module")
def quick() -> Iterator[Stage]:
    """Ten times as fast as the clock, since these tasks really wait."""
    with staged(speed=10.0) as stage:
        yield stage


class User:
    """Somebody with a folder, an account, and perhaps a contract file."""

    def __init__(self, served: Served, folder: Path) -> None:
        self.served, self.folder, self.contract = served, folder, ""
        self.model = folder / "queue.onnx"
        self.model.write_bytes(CONTENT["v1"])

    def play(self, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        variables = {
            "NXAI_API_URL": self.served.url,
            "NXAI_CLOUD_URL": self.served.url,
            "NXAI_USERNAME": "demo@example.com",
            "NXAI_PASSWORD": "pass-word",
            **({"NXAI_CONTRACT": self.contract} if self.contract else {}),
        }
        estate = ("-i", str(PLAYS / "estate.nxai.yml"))
        return ansible(self.folder, "playbook", *estate, name, *arguments, **variables)

    def works(self, name: str, *arguments: str) -> int:
        """The number of changes of a playbook that succeeds."""
        done = self.play(name, *arguments)
        recap = _DONE.search(done.stdout)
        assert recap and done.returncode == 0, done.stdout + done.stderr
        return int(recap[1])

    def main_job(self) -> tuple[str, ...]:
        return str(PLAYS / "main_job.yml"), "-e", f"model_file={self.model}"

    def first_contact(self, camera: str) -> None:
        """All stages, and the file that they write."""
        options = {"first_contact_dir": str(self.folder), "first_contact_device": camera, "first_contact_create": True}
        self.works("nxai.cloud.first_contact", "-e", json.dumps(options))
        self.contract = str(self.folder / "nxai-contract.yml")


def test_ten_of_them() -> None:
    assert len(_chosen()) == len(CHOSEN) == 10
    assert {each.outcome for each in _chosen()} == {WORKS, ADAPTED}


def _chosen() -> list[Variant]:
    return [each for each in VARIANTS if each.name in CHOSEN]


@pytest.mark.parametrize("variant", _chosen(), ids=lambda variant: variant.name)
def test_playbooks(variant: Variant, quick: Stage, tmp_path: Path) -> None:
    served, layer = quick
    served.reset()
    layer.play(variant.rewrites)
    before = truth(served.world)
    user = User(served, tmp_path)
    door = next(each for site in served.world.sites.values() for each in site.devices.values() if each.name == "Door")

    if variant.outcome == ADAPTED:
        stopped = user.play(*user.main_job())
        assert stopped.returncode == 2, "it works without a contract file"
        assert LINE.search(stopped.stdout) or OPTION.search(stopped.stdout), stopped.stdout
        user.first_contact(door.nxid)
        assert truth(served.world).cameras == before.cameras

    assert user.works(*user.main_job())
    now = truth(served.world)
    queue = now.named("Queue")
    assert len(queue) == 1 and queue[0]["catalogues"] == ["Fleet"]
    for name in CAMERAS:
        assert within(before.cameras[name], now.cameras[name]), name
        assert len(now.cameras[name]) == len(before.cameras[name]) + 1, name
    assert user.works(*user.main_job()) == 0

    had = now.cameras
    rollout = ("nxai.cloud.rollout", "-e", f"@{PLAYS / 'rollout.yml'}")
    assert user.works(*rollout)
    assert all(len(truth(served.world).cameras[name]) == 1 for name in CAMERAS)
    assert user.works(*rollout, "-e", "pipeline_rollout_action=rollback")
    for name in CAMERAS:
        assert same(truth(served.world).cameras[name], had[name]), name
