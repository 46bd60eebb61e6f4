# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The same text in the ways in which a service may show it."""

from __future__ import annotations

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.contract import KNOWN, Contract
from ansible_collections.nxai.cloud.plugins.module_utils._models.texts import how_to_go_on, same_text, shown_as

TEXT = "# Counts & <b>tills</b>\n\n- at [doors](https://example.com/a)\n"


@pytest.mark.parametrize(
    ("shown", "how"),
    [
        (TEXT, None),
        (TEXT.replace("\n", "\r\n") + "\n", None),
        (TEXT.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"), "with &lt; and the like"),
        (" ".join(TEXT.split()), "in one line"),
        ('<h1>Counts &amp; <b>tills</b></h1><ul><li>at <a href="https://example.com/a">doors</a></li></ul>', "as HTML"),
    ],
)
def test_the_same_text(shown: str, how: str | None) -> None:
    assert same_text(shown, TEXT) and shown_as(shown, TEXT) == how


@pytest.mark.parametrize(
    ("shown", "declared"),
    [
        ("", TEXT),
        (None, TEXT),
        ("a b", "a  b"),  # a change of the space in a line is one
        ("<p>Counts people</p>", "Counts cars"),
        ("<p>Counts people</p>", "<p>Counts, people</p>"),  # written as HTML: each sign counts
        ("a &lt; c", "a < b"),
        ("Counts", "Counts people"),
    ],
)
def test_another_text(shown: str | None, declared: str) -> None:
    assert not same_text(shown, declared) and shown_as(shown, declared) is None


def test_words_of_the_users_contract_are_named_where_a_conversion_failed() -> None:
    assert how_to_go_on(KNOWN) == "Correct the file and upload again."
    assert "words.ready (your contract)" in how_to_go_on(Contract(words={"ready": ("failed",)}))
