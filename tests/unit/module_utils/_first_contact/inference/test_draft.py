# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The contract file while it is written, and how what may help is tried."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
import yaml

from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.file import contract_of
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import BadInput, NxaiError, Refused, Unexpected
from ansible_collections.nxai.cloud.plugins.module_utils._first_contact.explore import MOST_TRIES, explore
from ansible_collections.nxai.cloud.plugins.module_utils._first_contact.files import contract_text
from ansible_collections.nxai.cloud.plugins.module_utils._first_contact.inference.draft import Draft, Proposal


def test_what_is_found_comes_beside_what_was_given() -> None:
    given = Draft({"fields": {"device": {"name": "Label"}}, "words": {"ready": ["done"]}})
    draft = given.adding(Proposal({"fields.device.pipelines": "Now", "words.ready": ["fine"]}, "it was seen"))
    assert draft.document == {
        "fields": {"device": {"name": "Label", "pipelines": "Now"}},
        "words": {"ready": ["done", "fine"]},
    }
    assert draft.reasons == {"fields.device.pipelines": "it was seen", "words.ready": "it was seen"}
    assert given.document["fields"] == {"device": {"name": "Label"}}
    assert draft.contract.places("device.pipelines") == ("Now",)


def test_what_is_there_already_is_not_found() -> None:
    draft = Draft({"auth": {"scheme": "raw"}}).adding(Proposal({"auth.scheme": "raw", "words.ready": ["x"]}, "why"))
    assert [*draft.reasons] == ["words.ready"]


@pytest.mark.parametrize(
    "lines",
    [
        {"fields.device.pipelines": "{{ x }}"},
        {"operations.list_models.method": "POST"},
        {"operations.put_pipelines.path": "/elsewhere"},
        {"words.ready": ["ok"], "words.failed": ["ok"]},
        {"nothing.like.it": 1},
    ],
)
def test_what_no_contract_can_hold_is_refused(lines: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        Draft().adding(Proposal(lines, "why"))


def test_the_file_says_the_same_and_why() -> None:
    lines = {
        "operations.list_models.query.Limit": "$top",
        "operations.list_models.page_size": 0,
        "fields.answer.rows": ["", "Items"],
        "no_pipelines": ['Name: text, "odd: # key": UUID'],
        "upload.extra": {"Kind": {"a": [1, None]}},
    }
    draft = Draft({"auth": {"scheme": "raw"}}).adding(Proposal(lines, "it was seen: so # and so"))
    text = contract_text(draft.as_yaml(), "Nothing differs.")
    assert yaml.safe_load(text) == draft.document
    assert text.count("# it was seen: so # and so") >= 3 and "export NXAI_CONTRACT" in text
    assert contract_of(yaml.safe_load(text)) == draft.contract


def test_the_file_of_nothing_is_a_comment() -> None:
    text = contract_text(Draft().as_yaml(), "Nothing differs.")
    assert yaml.safe_load(text) is None and contract_of(yaml.safe_load(text)) == contract_of(None)


def scheme(draft: Draft) -> str:
    return draft.contract.auth.scheme


def ways(_draft: Draft, _error: NxaiError) -> Iterator[Proposal]:
    for each in ("bearer_jwt", "raw"):
        yield Proposal({"auth.scheme": each}, "why")


def test_the_first_that_works_is_kept() -> None:
    tried: list[str] = []

    def attempt(draft: Draft) -> str:
        tried.append(scheme(draft))
        if scheme(draft) != "raw":
            raise Refused("GET", "no", status=401)
        return "done"

    draft, found = explore(Draft(), attempt, ways)
    assert (found, scheme(draft), tried) == ("done", "raw", ["bearer", "bearer_jwt", "raw"])


def test_where_nothing_works_the_first_error_counts() -> None:
    def attempt(draft: Draft) -> None:
        raise Refused("GET", f"no {scheme(draft)}", status=401)

    with pytest.raises(Refused, match="no bearer"):
        explore(Draft(), attempt, ways)


def test_another_error_is_a_step_forward() -> None:
    """What is proposed after it is tried before the rest of what was proposed first."""
    tried: list[str] = []

    def attempt(draft: Draft) -> None:
        tried.append(draft.contract.operations["list_models"].path)
        raise Unexpected("GET", "no list") if tried[-1] == "/b" else Refused("GET", "no", status=404)

    def paths(_draft: Draft, error: NxaiError) -> Iterator[Proposal]:
        for path in ("/x", "/y") if isinstance(error, Unexpected) else ("/a", "/b", "/c"):
            yield Proposal({"operations.list_models.path": path}, "why")

    with pytest.raises(Refused):
        explore(Draft(), attempt, paths)
    assert tried == ["/functions", "/a", "/b", "/x", "/y", "/c"]


def test_it_ends() -> None:
    count = itertools.count()

    def attempt(_draft: Draft) -> None:
        raise Refused("GET", "no", status=404)

    def more(_draft: Draft, _error: NxaiError) -> Iterator[Proposal]:
        yield Proposal({"operations.list_models.path": f"/x{next(count)}"}, "why")

    with pytest.raises(Refused):
        explore(Draft(), attempt, more)
    assert next(count) == MOST_TRIES
