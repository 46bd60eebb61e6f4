# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The contract file: where it comes from, what it may say, and that nothing in it can do harm."""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.nxai.cloud.plugins.module_utils._api.client import Client
from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.check import SECTIONS
from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.contract import KNOWN
from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.file import MOST_BYTES, contract_of
from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.lines import LINES, RECORDS, WORDS
from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.operations import OPERATIONS
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import BadInput
from tools.workplace import ROOT

LONG = 1 << 20_000
SAMPLE = {"fields": {"site": {"id": "key"}}}


@pytest.mark.parametrize("given", [None, {}, "{}", {"fields": None}, {"fields": {"site": {"id": None}}}])
def test_nothing_given_changes_nothing(given: Any) -> None:
    assert contract_of(given) == KNOWN


@pytest.mark.parametrize("text", [json.dumps(SAMPLE), yaml.safe_dump(SAMPLE), "\ufeff" + yaml.safe_dump(SAMPLE)])
def test_a_file_json_text_and_a_dictionary_say_the_same(tmp_path: Path, text: str, monkeypatch: Any) -> None:
    file = tmp_path / "contract.yml"
    file.write_text(text)
    monkeypatch.setenv("HOME", str(tmp_path))
    wanted = contract_of(SAMPLE)
    assert wanted.fields == {"site.id": ("key",)}
    assert contract_of(str(file)) == contract_of("~/contract.yml") == contract_of(json.dumps(SAMPLE)) == wanted


@pytest.mark.parametrize("text", ["", "# as all is known\n", "---\n", "fields:\n"])
def test_an_empty_file_changes_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "contract.yml").write_text(text)
    assert contract_of(str(tmp_path / "contract.yml")) == KNOWN


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a: [", "not plain YAML"),
        ("{", "it is not JSON"),
        ("- x", "it is not a dictionary"),
        ("text", "it is not a dictionary"),
        ("a: &x 1\nb: *x", "an alias or a tag in line 2"),
        ("fields: !!python/object/apply:os.system [id]", "an alias or a tag"),
        ("fields: !!int ''", "an alias or a tag"),
        ("fields: {}\nfields: {}", "the key 'fields' is there twice in line 1"),
        ("fields: 2026-99-99", "not plain YAML"),
        ("fields: " + "[" * 200 + "]" * 200, "nested more than 100 deep"),
        ('{"fields": ' + "[" * 200 + "]" * 200 + "}", "nested more than 100 deep"),
        ("#" * (MOST_BYTES + 1), "more than 256 KiB"),
        (b"\xff\xfe\x00", "not plain YAML"),
        (b"fields: \x00", "not plain YAML"),
        ("? [a]\n: 1", "not plain YAML"),
        ("2026-01-01: x", "there is no '2026-01-01'"),
        ("1: x", "there is no '1'"),
        ("auth: {scheme: 0x" + "F" * 5000 + "}", "it holds a number of more than 40 digits in line 1"),
        ("\n0x" + "F" * 5000 + ": 1", "it holds a number of more than 40 digits in line 2"),
        ("a: 1" + ":1" * 100_000, "it holds a number of more than 40 digits"),
        ("a: 1" + ":1" * 100_000 + ".5", "it holds a number of more than 40 digits"),
        ("%YAML " + "9" * 5000 + ".1\n---\na: 1", "a value is not what its form promises"),
        ("<<: {auth: {scheme: raw}}\nauth: {scheme: bearer}", "it holds a merge (<<) in line 1"),
        ("fields:\n  <<: {site: {id: key}}", "it holds a merge (<<) in line 2"),
        ("a b: 1\na b: 2", "a key is there twice"),
    ],
)
def test_a_file_that_is_none(tmp_path: Path, content: Any, words: str) -> None:
    file = tmp_path / "contract.yml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(BadInput) as caught:
        contract_of(str(file))
    assert str(caught.value).startswith(f"Read the contract {file}: ") and words in caught.value.answer
    assert caught.value.advice


@pytest.mark.parametrize(
    "content",
    [
        "SECRETSECRET",
        "root:$6$SECRETSECRET:19000:0:99999:7:::\ndaemon:*:19000::",
        "root:$6$SECRETSECRET: 1",
        "SECRETSECRET: x: y",
        "SECRETSECRET, and more: 1",
        "- SECRETSECRET",
        "!SECRETSECRET!x y",
        "%TAG !SECRETSECRET! x\n%TAG !SECRETSECRET! x\n---\na",
        "a: !<SECRETSECRET> b",
        "&SECRETSECRET a: *SECRETSECRET",
        "[&SECRETSECRET a, &SECRETSECRET b]",
        "a: 2026-99-99 # SECRETSECRET",
        '"\\xSECRETSECRET"',
        "%SECRETSECRET",
        "password: SECRETSECRET",
        '{"access_token": "SECRETSECRET"}',
        '{"SECRETSECRET',
        json.dumps({"SECRET" * 8: 1}),
        '["SECRETSECRET"]',
        "?" + " SECRETSECRET" * 20,
    ],
)
def test_nothing_of_a_file_that_is_no_contract_is_shown(tmp_path: Path, content: str) -> None:
    (tmp_path / "other").write_text(content)
    with pytest.raises(BadInput) as caught:
        contract_of(str(tmp_path / "other"))
    assert "SECRET" not in str(caught.value)


def test_a_file_of_many_keys_is_refused_by_its_first(tmp_path: Path) -> None:
    (tmp_path / "contract.yml").write_text("\n".join(f"{key:x}:" for key in range(43_000)))
    with pytest.raises(BadInput, match="there is no '0'"):
        contract_of(str(tmp_path / "contract.yml"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files to others")
def test_a_file_of_somebody_else_is_refused_unless_that_user_is_trusted(tmp_path: Path) -> None:
    file = tmp_path / "contract.yml"
    file.write_text(json.dumps(SAMPLE))
    os.chown(file, 54321, 54321)
    with pytest.raises(BadInput, match="belongs to the user with the number 54321") as caught:
        Client.from_options({"contract": str(file), "token": "t"})
    assert caught.value.tried == f"Read the contract {file}" and "trusted_owner" in caught.value.advice
    with Client.from_options({"contract": str(file), "token": "t", "trusted_owner": "54321"}) as client:
        assert client.contract == contract_of(SAMPLE)


def test_a_file_that_everyone_can_write_to_is_refused(tmp_path: Path) -> None:
    for name in ("folder", "link"):
        (tmp_path / name).mkdir()
    file = tmp_path / "folder" / "contract.yml"
    file.write_text(json.dumps(SAMPLE))
    (tmp_path / "link" / "contract.yml").symlink_to(file)
    for changed in (file, tmp_path / "folder"):
        before = changed.stat().st_mode
        changed.chmod(before | 0o002)
        for path in (file, tmp_path / "link" / "contract.yml"):
            with pytest.raises(BadInput, match=f"everyone can write to {changed}"):
                contract_of(str(path))
        changed.chmod(before)
    assert contract_of(str(file)) == contract_of(SAMPLE)


def test_what_is_no_file_is_said_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path, words in (("gone", "No such file"), ("pipe", "a pipe"), ("", "a directory"), ("x\0y", "no path")):
        with pytest.raises(BadInput, match=words) as caught:
            contract_of(f"{tmp_path}/{path}")
        assert "NXAI_CONTRACT" in caught.value.advice


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ([], "it is not a dictionary"),
        (7, "it is not a dictionary"),
        ({"filds": {}}, "there is no 'filds'. Did you mean fields?"),
        ({"operations": {"list_system": {}}}, "there is no 'operations.list_system'. Did you mean list_sites"),
        ({"operations": {"list_sites": "x"}}, "operations.list_sites is not a dictionary"),
        ({"operations": {"list_sites": {"url": "x"}}}, "there is no 'operations.list_sites.url'"),
        ({"operations": {"list_sites": {"path": "/{{ x }}"}}}, "operations.list_sites.path cannot be '/{{ x }}'"),
        ({"operations": {"list_sites": {"api": "evil.example"}}}, "operations.list_sites.api cannot be"),
        ({"operations": {"put_pipelines": {"api": "cloud"}}}, "Only what reads can move"),
        ({"operations": {"describe_device": {"api": "cloud"}}}, "Only what reads can move"),
        ({"operations": {"issue_token": {"api": "compute"}}}, "Only what reads can move"),
        ({"operations": {"list_sites": {"page_size": -1}}}, "a whole number from 1 to 10000"),
        ({"operations": {"list_sites": {"page_size": 10001}}}, "a whole number from 1 to 10000"),
        ({"operations": {"list_sites": {"page_size": True}}}, "a whole number from 1 to 10000"),
        ({"operations": {"list_sites": {"page_size": "7"}}}, "a whole number from 1 to 10000"),
        ({"operations": {"create_model": {"page_size": 7}}}, "Only listings come in pages"),
        ({"operations": {"list_sites": {"query": {"Catalogue": "x"}}}}, "what is sent: Limit, Offset."),
        ({"operations": {"list_sites": {"query": {"Limit": "a&b"}}}}, "operations.list_sites.query.Limit cannot be"),
        ({"operations": {"list_sites": {"query": {"Limit": "Offset"}}}}, "a name of its own"),
        ({"fields": {"camera": {}}}, "there is no 'fields.camera'"),
        ({"fields": {"device": {"pipline": "x"}}}, "there is no 'fields.device.pipline'. Did you mean pipelines?"),
        ({"fields": {"device": {"pipelines": 7}}}, "fields.device.pipelines is not a list"),
        ({"fields": {"device": {"pipelines": []}}}, "fields.device.pipelines is an empty list"),
        ({"fields": {"device": {"pipelines": ""}}}, "fields.device.pipelines cannot be ''"),
        ({"fields": {"device": {"pipelines": ["a", 7]}}}, "fields.device.pipelines holds 7"),
        ({"fields": {"device": {"pipelines": ["x"] * 51}}}, "not a list of at most 50 texts"),
        ({"fields": {"device": {"pipelines": "a..b"}}}, "cannot be 'a..b'"),
        ({"fields": {"device": {"pipelines": "*"}}}, "cannot be '*'"),
        ({"fields": {"device": {"pipelines": "*.a"}}}, "cannot be '*.a'"),
        ({"fields": {"device": {"pipelines": "a.*.*"}}}, "cannot be 'a.*.*'"),
        ({"fields": {"device": {"name": "a.*"}}}, "cannot be 'a.*'"),
        ({"fields": {"device": {"pipelines": "a.b.c.d.e.f.g.h.i"}}}, "at most 8 of them"),
        ({"fields": {"device": {"pipelines": "{{ lookup('pipe', 'id') }}"}}}, "cannot be"),
        ({"fields": {"answer": {"next": ""}}}, "fields.answer.next cannot be ''"),
        ({"fields": {"pipeline": {"model": "M", "nms": "m"}}}, "are both at M"),
        ({"fields": {"pipeline": {"model": "M", "nms": "M.n"}}}, "are both at M"),
        ({"fields": {"pipeline": {"model": "modelNMS"}}}, "fields.pipeline.model and fields.pipeline.nms are both at"),
        ({"fields": {"model": {"name": "Alias"}}}, "fields.model.name and fields.model.alias are both at Alias"),
        ({"fields": {"model": {"means": "Name.means"}}}, "fields.model.means and fields.model.name are both at"),
        ({"words": {"done": ["x"]}}, "there is no 'words.done'"),
        ({"words": {"ready": "done"}}, "words.ready is not a list"),
        ({"words": {"ready": [""]}}, "words.ready holds ''"),
        ({"words": {"online": [True]}}, "words.online holds True"),
        ({"words": {"ready": ["a\x07"]}}, "words.ready holds"),
        ({"words": {"ready": ["x"], "failed": ["X "]}}, "words.failed and words.ready both hold 'x'"),
        ({"auth": {"scheme": "basic"}}, "auth.scheme cannot be 'basic'. It can be bearer, raw, bearer_jwt."),
        ({"auth": {"scheme": ["raw"]}}, "auth.scheme cannot be ['raw']"),
        ({"auth": {"token": "x"}}, "there is no 'auth.token'"),
        *[({"auth": {"scope": each}}, "auth.scope cannot be") for each in (1, "a  b", "a\nb", " a", "x" * 300, ["a"])],
        *[
            ({"auth": {"act_as": each}}, "auth.act_as")
            for each in (
                "me",
                {"kind": "user"},
                {"kind": "x", "id": "459d2273-1514-431c-9d34-f5b72f3bfe20"},
                {"kind": "user", "id": "1"},
                {"id": "x"},
                {},
            )
        ],
        ({"upload": {"data": 'a"; filename="x'}}, "upload.data cannot be"),
        ({"upload": {"data": "file"}}, "upload.file and upload.data are both 'file'"),
        ({"upload": {"extra": []}}, "upload.extra is not a dictionary"),
        ({"upload": {"extra": {"a": float("nan")}}}, "upload.extra cannot be written as JSON"),
        ({"upload": {"extra": {"a": {1, 2}}}}, "upload.extra cannot be written as JSON"),
        ({"upload": {"extra": {"a": "x" * 20000}}}, "upload.extra has more than 16 KiB"),
        ({"no_pipelines": "x"}, "no_pipelines is not a list"),
        ({"no_pipelines": ["x" * 2001]}, "no_pipelines holds"),
        ({"x" * 5000: 1}, "it holds a name that is not plain"),
        ({"assignment": {"devices_at_once": True}}, "assignment.devices_at_once cannot be True"),
        ({"assignment": {"devices_at_once": -1}}, "assignment.devices_at_once cannot be -1"),
        ({"assignment": {"as_list": "yes"}}, "assignment.as_list cannot be 'yes'"),
        ({"assignment": {"if_match": 1}}, "assignment.if_match cannot be 1"),
        ({"assignment": {"site": "a.b"}}, "assignment.site cannot be 'a.b'"),
        ({"assignment": {"extra": []}}, "assignment.extra is not a dictionary"),
        ({"assignment": {"extra": {"x": "y" * 17000}}}, "assignment.extra has more than 16 KiB"),
        ({"assignment": {"read_only": "Status"}}, "assignment.read_only is not a list"),
        ({"assignment": {"read_only": ["model_uuid"]}}, "assignment.read_only holds 'model_uuid', which is what"),
        ({"fields": {"site": {"not plain": "x"}}}, "fields.site holds a name that is not plain"),
    ],
    ids=lambda value: None if isinstance(value, str) else str(value)[:60],
)
def test_what_a_contract_cannot_say(document: Any, words: str) -> None:
    with pytest.raises(BadInput) as caught:
        contract_of(document)
    assert words in str(caught.value) and str(caught.value).startswith("Read the contract: ")
    assert caught.value.advice and len(str(caught.value)) < 3000


@pytest.mark.parametrize(
    "document",
    [{"auth": {"scheme": LONG}}, {"words": {"ready": [LONG]}}, {LONG: 1}, {"upload": {"extra": {"a": [{"b": LONG}]}}}],
    ids=["scheme", "word", "key", "extra"],
)
def test_a_number_that_python_cannot_show_is_refused(document: Any) -> None:
    with pytest.raises(BadInput, match="it holds a number of more than 40 digits"):
        contract_of(document)


def test_a_wrong_one_fails_where_the_client_is_made() -> None:
    with pytest.raises(BadInput, match="Read the contract"):
        Client.from_options({"contract": {"nonsense": 1}, "token": "t"})


# The guide

BLOCKS = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "contract.md").read_text(encoding="utf-8"), re.DOTALL)


def test_the_guide_has_a_sample_of_each_section_and_each_is_good(tmp_path: Path) -> None:
    found: set[str] = set()
    for block in BLOCKS:
        (tmp_path / "contract.yml").write_text(block)
        contract_of(str(tmp_path / "contract.yml"))
        found |= set(yaml.safe_load(block))
    assert found == set(SECTIONS)


def test_the_samples_of_the_guide_make_one_file(tmp_path: Path) -> None:
    (tmp_path / "contract.yml").write_text("".join(BLOCKS))
    contract = contract_of(str(tmp_path / "contract.yml"))
    assert contract.auth.token_on_writes == "refresh" and contract.words["offline"] == ("off",)


# Whatever is in it

PATHS = ("/x", "/x/{uuid}", "//evil.example", "/../x", "@evil.example/{site_id}")
TEXTS = st.sampled_from(["", "x", "a.b", "{{ x }}", "DELETE", "GET", "PUT", "cloud", "on", *PATHS])
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS | st.text(max_size=8)
PARTS = sorted({part for key in LINES for part in key.split(".")} | {*RECORDS, *WORDS, "extra"})
TREES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(PARTS) | st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)
CALLS = st.dictionaries(
    st.sampled_from(["path", "method", "api", "query", "page_size"]),
    SCALARS | st.dictionaries(st.sampled_from(["Limit", "Offset", "x"]), SCALARS, max_size=2),
)
DOCUMENTS = st.one_of(
    TREES,
    st.dictionaries(st.sampled_from(SECTIONS), TREES, max_size=3),
    st.fixed_dictionaries({"operations": st.dictionaries(st.sampled_from(sorted(OPERATIONS)), CALLS, max_size=3)}),
)
CHANGING = ("POST", "PUT", "PATCH")


@settings(max_examples=300)
@given(DOCUMENTS)
def test_no_document_is_a_traceback_or_makes_a_write_of_a_read(document: Any) -> None:
    try:
        contract = contract_of(document)
    except BadInput:
        return
    for name, known in OPERATIONS.items():
        now = contract.operations[name]
        assert now.method == known.method or (now.method in CHANGING and known.method in CHANGING)
        assert now.api == known.api or (known.method == "GET" and known.signed)
        assert re.fullmatch(r"(/[\w.~{}-]+)+/?", now.path) and not re.search(r"\{\{|/\.\.?(/|$)", now.path)
        assert sorted(re.findall(r"\{\w+\}", now.path)) == sorted(re.findall(r"\{\w+\}", known.path))
    assert contract.known("device", [{"NxID": "x", "nxAI": {"pipelines": []}}])
    assert isinstance(contract.outgoing("pipeline", {"modelUUID": "x", "chains": [{}]}), dict)


@settings(max_examples=300)
@given(st.text(max_size=60) | TREES.map(yaml.safe_dump) | st.binary(max_size=40))
def test_no_file_is_a_traceback(tmp_path_factory: pytest.TempPathFactory, content: str | bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "fuzzed.yml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    with suppress(BadInput):
        assert contract_of(str(file)).operations


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"operations": {"create_catalogue": {"path": "/functions"}}}, "operations.create_catalogue.path"),
        ({"operations": {"delete_model": {"path": "/Catalogue/{uuid}"}}}, "operations.delete_model.path"),
        ({"operations": {"rename_catalogue": {"path": "/function/{uuid}", "method": "PUT"}}}, "rename_catalogue"),
        ({"operations": {"list_models": {"path": "/catalogues/"}}}, "operations.list_models.path"),
        (
            {"fields": {"model": {"height": "InputDriverDetails.width", "width": "InputDriverDetails.height"}}},
            "fields.model.height has changed places with fields.model.width",
        ),
        ({"fields": {"model": {"documentation": "SourceUrl", "source_url": "Documentation"}}}, "fields.model"),
        ({"fields": {"pipeline": {"preprocessor": "postprocessor", "postprocessor": "Preprocessor"}}}, "places"),
    ],
)
def test_what_is_mixed_up_is_refused(given: Any, line: str) -> None:
    with pytest.raises(BadInput) as caught:
        contract_of(given)
    assert line in str(caught.value)


def test_both_of_a_kind_can_move() -> None:
    paths = {"list_models": {"path": "/models"}, "create_model": {"path": "/models"}}
    moved = {**paths, "delete_model": {"path": "/models/{uuid}"}}
    assert contract_of({"operations": moved}).operations["create_model"].path == "/models"
