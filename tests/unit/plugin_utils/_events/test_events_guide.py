# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/events.md and the shipped rulebooks: samples have the members that events have, and names lead somewhere."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.nxai.cloud.plugins.plugin_utils._events.kinds import KINDS
from ansible_collections.nxai.cloud.plugins.plugin_utils._events.source import Watcher
from simulator.testing import serve
from tools.event_changes import WORLD, first_changes, second_changes, third_changes
from tools.workplace import ROOT

GUIDE = (ROOT / "docs" / "events.md").read_text(encoding="utf-8")
RULEBOOKS = sorted((ROOT / "extensions" / "eda" / "rulebooks").glob("*.yml"))


def shape(event: dict[str, Any]) -> dict[str, str]:
    return {name: type(value).__name__ for name, value in event.items()}


def test_each_kind_has_a_sample_with_the_members_of_a_real_one(tmp_path: Path) -> None:
    found: dict[str, dict[str, Any]] = {}
    with serve(seed=WORLD) as cloud:
        options = {"api_url": cloud.url, "token": cloud.token(), "retries": 0}
        watcher = Watcher({**options, "state_file": str(tmp_path / "events.json")})
        watcher.look()
        for changes in (first_changes, second_changes, third_changes):
            assert len(list(changes(cloud))) >= 6
            found.update({event["kind"]: event for event in watcher.look()})
        cloud.world.sites.popitem()
        found.update({event["kind"]: event for event in watcher.look()})
        cloud.fault("status", status=503, times=100)
        found.update({event["kind"]: event for event in watcher.look()})
        cloud.clear_faults()
        found.update({event["kind"]: event for event in watcher.look()})
        watcher.close()
    samples = {sample["kind"]: sample for sample in map(json.loads, re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL))}
    assert set(samples) == set(found) == set(KINDS)
    for kind, sample in samples.items():
        assert shape(sample) == shape(found[kind]), kind


@pytest.mark.parametrize("path", RULEBOOKS, ids=lambda path: path.stem)
def test_a_rulebook_names_what_there_is_and_the_guide_names_its_variables(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    row = next(line for line in GUIDE.splitlines() if line.startswith(f"| `nxai.cloud.{path.stem}`"))
    used = set(re.findall(r"\{\{ (\w+)", text)) | set(re.findall(r"vars\.(\w+)", text))
    for variable in used - {"event", "state_file"}:
        assert f"`{variable}" in row, f"{variable} is not in the guide"
        assert variable in text.partition("\n- name")[0], f"{variable} is not in the first lines"
    for playbook in re.findall(r"name: nxai\.cloud\.(\w+)", text):
        assert (ROOT / "playbooks" / f"{playbook}.yml").is_file()
        assert f"`nxai.cloud.{playbook}`" in row
    for ruleset in yaml.safe_load(text):
        (source,) = ruleset["sources"]
        assert set(source["nxai.cloud.nxai_events"]["kinds"]) <= set(KINDS)
        for rule in ruleset["rules"]:
            assert re.search(rf"- name: {rule['name']}\n.*?# +-? ?run_(job|workflow)_template:", text, re.DOTALL)
