# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files of an estate are read as they are or not at all: an error names the file and the place."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import BadInput
from ansible_collections.nxai.cloud.plugins.module_utils._estate.files import read_estate

DOOR = "{c7620fb9-76cb-5331-9119-826ae7269d37}"
SITE = f"""
estate: 1
profiles:
  usual: [{{model: Person@7}}]
sites:
  - id: 264A00F8-5946-5e62-9aca-71a8d748af2d
    name: Shop 1
    profile: usual
    devices: {{"{DOOR}": Door}}
"""


def site(text: str) -> str:
    return f"estate: 1\nprofiles: {{usual: [{{model: M}}]}}\nsites:\n  - {{id: a, {text}}}\n"


WRONG = {
    "no version": ("catalogues: []", "estate is missing"),
    "another version": ("estate: 2", "estate is 2: this collection reads version 1"),
    "a version that is a word": ("estate: true", "estate is True"),
    "nothing": ("# nothing", "it is not a dictionary"),
    "a list": ("[]", "it is not a dictionary"),
    "two documents": ("estate: 1\n---\nestate: 1", "it is not plain YAML"),
    "no YAML": ("estate: 1\nsites: [", "it is not plain YAML: "),
    "a key twice": ("estate: 1\nestate: 1", "the key 'estate' is there twice"),
    "a device twice in one place": (
        site(f'profile: usual, devices: {{"{DOOR}": A, "{DOOR}": B}}'),
        "a key is there twice in line 4",
    ),
    "an alias": ("estate: &a 1\nsites: *a", "it holds an alias or a tag in line 2"),
    "a tag": ("estate: 1\nsites: !!python/object:os.system []", "it holds an alias or a tag in line 2"),
    "a merge": ("estate: 1\n<<: {sites: []}", "it holds a merge (<<) in line 2"),
    "deep": ("estate: 1\nsites: " + "[" * 200 + "]" * 200, "nested more than 100 deep"),
    "a long number": ("estate: 1\nsites: " + "1" * 50, "more than 40 digits"),
    "a section that there is not": ("estate: 1\nsite: []", "holds site, which nothing is called here; did"),
    "a section of another type": ("estate: 1\nsites: {}", "sites is not a list"),
    "a catalogue that is a text": ("estate: 1\ncatalogues: [Shop]", "catalogues[0] is not a dictionary"),
    "a catalogue without a name": ("estate: 1\ncatalogues: [{}]", "catalogues[0] has no name"),
    "an empty name": ("estate: 1\ncatalogues: [{name: ''}]", "catalogues[0] has neither a name nor a uuid"),
    "a catalogue twice": ("estate: 1\ncatalogues: [{name: A}, {name: A}]", "catalogues A is there twice"),
    "a name that is a number": ("estate: 1\nmodels: [{name: 7}]", "models[0].name is not a text: write it in quotes"),
    "an option that there is not": ("estate: 1\nmodels: [{name: A, hight: 3}]", "did you mean height?"),
    "an option of another type": ("estate: 1\nmodels: [{name: A, height: '3'}]", "height is not a whole number"),
    "elements of another type": ("estate: 1\nmodels: [{name: A, means: [x]}]", "means: an element is not a number"),
    "a choice that there is not": ("estate: 1\nmodels: [{name: A, channels: 2}]", "models[0].channels is 2"),
    "a digest without size": ("estate: 1\nmodels: [{name: A, file: {sha256: a}}]", "file.size is not a whole"),
    "a site without an id": ("estate: 1\nsites: [{name: A}]", "sites[0] has no id"),
    "a site twice": ("estate: 1\nsites: [{id: A}, {id: A}]", "sites A is there twice"),
    "devices without pipelines": (site(f'devices: {{"{DOOR}": A}}'), "neither profile nor pipelines"),
    "both": (site(f'profile: usual, pipelines: [], devices: {{"{DOOR}": A}}'), "profile and pipelines: give one"),
    "no such profile": (site(f'profile: other, devices: {{"{DOOR}": A}}'), "names the profile other"),
    "an NxID that is a number": (site("profile: usual, devices: {7: A}"), "an NxID is not a text"),
    "a device twice": (
        site(
            f'profile: usual, devices: {{"{DOOR}": A}}, '
            f'exceptions: [{{pipelines: [], devices: {{"{DOOR.upper()}": A}}}}]'
        ),
        f"sites[0] (a).exceptions[0] the device {DOOR} is there twice",
    ),
    "an exception for nothing": (site("exceptions: [{pipelines: []}]"), "exceptions[0] has pipelines and no devices"),
    "a profile for nothing": (site("profile: usual"), "sites[0] (a) has profile and no devices: name the cameras"),
    "pipelines for nothing": (site("pipelines: [], devices: {}"), "sites[0] (a) has pipelines and no devices: name"),
    "an NxID without quotes": (
        f"estate: 1\nsites:\n  - id: a\n    pipelines: []\n    devices:\n      {DOOR}: Door",
        "a key begins with a bracket, so it has to be in quotes, in line 6",
    ),
    "an NxID without quotes in a row": (site(f"profile: usual, devices: {{{DOOR}: Door}}"), "in quotes, in line 4"),
    "an id without quotes": (f"estate: 1\nsites: [{{id: {DOOR}}}]", "sites[0].id is not a text: write it in quotes"),
    "a date": ("estate: 1\nmodels: [{name: 2026-11-27}]", "models[0].name is not a text: write it in quotes"),
    "unread and known": (site(f'unread: off, profile: usual, devices: {{"{DOOR}": A}}'), "is unread, and has devices"),
    "a pipeline without a model": (site(f'pipelines: [{{nms: 0.1}}], devices: {{"{DOOR}": A}}'), "has no model"),
    "a threshold too high": (
        site(f'pipelines: [{{model: M, nms: 7}}], devices: {{"{DOOR}": A}}'),
        "sites[0] (a).pipelines[0] nms is not a number from 0 to 1",
    ),
    "a threshold in words": (site(f'pipelines: [{{model: M, nms: "1"}}], devices: {{"{DOOR}": A}}'), "is not a number"),
    "another resizing": (
        site(f'pipelines: [{{model: M, resizing_method: fit}}], devices: {{"{DOOR}": A}}'),
        "resizing_method is 'fit', which is none of letterbox, stretch, crop",
    ),
    "a known key as an extra one": (
        site(f'pipelines: [{{model: M, extra: {{modelNMS: 1}}}}], devices: {{"{DOOR}": A}}'),
        "extra holds modelNMS",
    ),
    "chains of another type": (
        site(f'pipelines: [{{model: M, chains: [A]}}], devices: {{"{DOOR}": A}}'),
        "chains: an element is not a dictionary",
    ),
}  # fmt: skip


@pytest.fixture(params=["in C", "in Python"])
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Either parser of PyYAML, which need not have the one in C."""
    monkeypatch.setattr(yaml, "__with_libyaml__", request.param == "in C")


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, what: str) -> None:
    text, expected = WRONG[what]
    file = tmp_path / "estate.yml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        read_estate(str(file))
    assert str(file) in caught.value.tried and expected in caught.value.answer, caught.value


def test_ids_are_read_in_any_form(tmp_path: Path) -> None:
    (tmp_path / "estate.yml").write_text(SITE.replace(DOOR, DOOR.upper().strip("{}")), encoding="utf-8")
    found = read_estate(str(tmp_path))
    assert found is not None
    shop = found.estate.sites["264a00f8-5946-5e62-9aca-71a8d748af2d"]
    assert shop.devices[DOOR].pipelines == ({"model": "Person@7"},)


def test_a_folder_is_all_of_its_files(tmp_path: Path) -> None:
    for name in ("a.yml", "sites/b.yaml", ".git/c.yml", ".hidden.yml", "sites/notes.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("no: estate", encoding="utf-8")
    (tmp_path / "a.yml").write_text("estate: 1\nprofiles: {usual: [{model: M}]}", encoding="utf-8")
    (tmp_path / "sites/b.yaml").write_text(
        f'estate: 1\nsites: [{{id: a, profile: usual, devices: {{"{DOOR}": A}}}}]', encoding="utf-8"
    )
    found = read_estate(str(tmp_path))
    assert found is not None and sorted(found.texts) == ["a.yml", "sites/b.yaml"]
    assert found.estate.said == {"profiles", "sites"} and list(found.estate.sites) == ["a"]


def test_what_is_twice_is_told_with_the_second_file(tmp_path: Path) -> None:
    for name in ("a.yml", "b.yml"):
        (tmp_path / name).write_text("estate: 1\nsites: [{id: a}]", encoding="utf-8")
    with pytest.raises(BadInput, match=r"b\.yml: sites a is there twice, in \S+/a\.yml too\. Keep one of them\."):
        read_estate(str(tmp_path))


def test_where_nothing_is_there_is_no_estate(tmp_path: Path) -> None:
    assert read_estate(str(tmp_path)) is None and read_estate(str(tmp_path / "estate.yml")) is None


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yml").symlink_to("/dev/zero")
    with pytest.raises(BadInput, match=r"a\.yml"):
        read_estate(str(tmp_path))
