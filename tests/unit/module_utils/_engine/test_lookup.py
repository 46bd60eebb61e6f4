# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.translation import KEPT
from ansible_collections.nxai.cloud.plugins.module_utils._api.records.records import Catalogue, RegistryDevice, Site
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import BadInput
from ansible_collections.nxai.cloud.plugins.module_utils._engine.lookup import Index, find, find_renamed

A = "0b0e7f4c-1111-4222-8333-444455556666"
B = "0b0e7f4c-1111-4222-8333-777755556666"


def model(identity, name):
    return SimpleNamespace(uuid=identity, name=name)


def test_a_uuid_goes_before_a_name_that_looks_the_same_and_a_name_is_exact():
    assert find(A, [model(B, A), model(A, "Faces")], "model", "").uuid == A
    assert find(A, [model(B, A)], "model", "").uuid == B
    assert find("faces", [model(A, "Faces"), model(B, "faces")], "model", "").uuid == B


def test_none_among_none_says_what_may_hide_it():
    with pytest.raises(BadInput, match=r'Find model "x" at site HQ.*none of 0') as caught:
        find("x", [], "model", "at site HQ")
    assert "act_as" in caught.value.advice


def test_a_name_that_stands_elsewhere_in_a_row_names_the_line():
    """In a member that is not read, or in one that the user's contract does not read."""
    for row, line in (
        ({"Name": "7", "Title": "Shelf"}, "fields.catalogue.name (documented)"),
        ({"Name": "7", KEPT: {"Name": "Shelf"}}, "fields.catalogue.name (your contract)"),
    ):
        with pytest.raises(BadInput) as caught:
            find("Shelf", [Catalogue.from_api({"UUID": A, **row})], "catalogue")
        assert line in caught.value.advice
    with pytest.raises(BadInput) as caught:
        find("Other", [Catalogue.from_api({"UUID": A, **row})], "catalogue")
    assert "fields" not in caught.value.advice


@pytest.mark.parametrize("name", [{}, {"Name": None}, {"Name": 7}, {"Title": "Shelf"}], ids=str)
def test_one_that_shows_no_name_may_be_the_one_that_is_wanted(name):
    records = [Catalogue.from_api({"UUID": A, "Name": "Other"}), Catalogue.from_api({"UUID": B, **name})]
    for look in (
        lambda: find_renamed("Shelf", None, records, "catalogue"),
        lambda: find("Shelf", records, "catalogue"),
    ):
        with pytest.raises(BadInput, match=r"1 (of 2 )?show no name.*fields\.catalogue\.name \(documented\)"):
            look()
    assert find_renamed("Other", None, records, "catalogue").uuid == A
    assert Index(records, "catalogue").find_or_absent(A.replace("1111", "9999")) is None


def test_one_that_is_listed_twice_is_one():
    rows = [{"UUID": A, "Name": "Shelf"}, {"UUID": A.upper(), "Name": "Shelf"}, {"UUID": B, "Name": "Other"}]
    index = Index(map(Catalogue.from_api, rows), "catalogue")
    assert index.find("Shelf").uuid == index.find(A).uuid == A and len(index.records) == 2


def test_an_empty_name_is_one():
    assert find_renamed("Shelf", None, [Catalogue.from_api({"UUID": A, "Name": ""})], "catalogue") is None


@pytest.mark.parametrize(("kind", "record"), [("site", Site), ("registry_device", RegistryDevice)])
def test_where_no_name_is_shown_the_error_names_the_line_of_that_record(kind, record):
    with pytest.raises(BadInput, match=rf"none of 1 has that name or UUID, 1 show no name\. .* fields\.{kind}\.name"):
        find("x", [record.from_api({"UUID": A})], "thing")
