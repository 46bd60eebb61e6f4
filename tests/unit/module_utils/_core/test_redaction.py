# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
import json
import re
import tracemalloc
from urllib.parse import quote, quote_plus

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._core.redaction import MASK, Redactor

SECRET = 'p+ä/ss "w\\ö rd=&?'
TOKEN = "nxcdb-0f8fad5b-d9cb-469f-a165-70867728950e"


def forms(secret: str) -> dict[str, str]:
    encoded = secret.encode()
    return {
        "plain": secret,
        "percent": quote(secret, safe=""),
        "percent, slash kept": quote(secret),
        "percent, lower case": re.sub("%..", lambda match: match.group().lower(), quote(secret, safe="")),
        "form": quote_plus(secret),
        "json": json.dumps(secret)[1:-1],
        "json, utf-8": json.dumps(secret, ensure_ascii=False)[1:-1],
        "base64": base64.b64encode(encoded).decode(),
        "base64, url": base64.urlsafe_b64encode(encoded).decode(),
        "base64, url, bare": base64.urlsafe_b64encode(encoded).decode().rstrip("="),
    }


@pytest.mark.parametrize("form", forms(SECRET).values(), ids=forms(SECRET))
def test_each_form_of_a_password_is_masked(form):
    redactor = Redactor()
    redactor.add(SECRET)
    assert form not in redactor.clean(f"the server says <{form}> twice: {form}.")
    assert MASK in redactor.clean(form)


@pytest.mark.parametrize("user", ["", "u", "us", "use", "me@example.com"])
def test_a_secret_inside_basic_authorization_is_masked_at_each_alignment(user):
    redactor = Redactor()
    redactor.add("hunter2-hunter2")
    encoded = base64.b64encode(f"{user}:hunter2-hunter2:x".encode()).decode()
    cleaned = redactor.clean(encoded)
    assert MASK in cleaned
    left = base64.b64decode(cleaned.split(MASK)[0] + "====")
    assert b"unter" not in left


@pytest.mark.parametrize("known", [TOKEN, TOKEN.removeprefix("nxcdb-")])
def test_a_token_is_masked_with_and_without_its_prefix(known):
    redactor = Redactor()
    redactor.add(known)
    for echoed in (TOKEN, TOKEN.removeprefix("nxcdb-"), base64.b64encode(TOKEN.encode()).decode()):
        assert redactor.clean(f"bad token {echoed}!") == f"bad token {MASK}!"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Authorization: Bearer abcdefghijklmnopqrst", "Authorization: Bearer ***"),
        ("bearer%20abcdefghijklmnopqrst", "bearer%20***"),
        ("got nxcdb-unknown-one, sorry", "got ***, sorry"),
        ("x eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln y", "x *** y"),
        ("cut eyJhbGciOiJIUzI1NiJ9", "cut ***"),
        ('{"access_token": "short", "expires_in": 3600}', '{"access_token": "***", "expires_in": 3600}'),
        ("grant_type=password&password=abc&x=1", "grant_type=password&password=***&x=1"),
        ("proxy http://me:pw@proxy:3128/", "proxy http://***@proxy:3128/"),
    ],
)
def test_what_looks_like_a_credential_is_masked_though_unknown(text, left):
    assert Redactor().clean(text) == left


@pytest.mark.parametrize("text", ["Bearer token is required", "the password is wrong", "http://host:80/a@b", "eye"])
def test_ordinary_words_stay(text):
    assert Redactor().clean(text) == text


def test_nothing_to_hide_changes_nothing():
    redactor = Redactor()
    redactor.add("")
    redactor.add(None)
    assert redactor.clean("a text") == "a text"


def test_a_very_short_secret_is_masked_as_a_word_only():
    redactor = Redactor()
    redactor.add("no")
    assert redactor.clean('notAuthorized: "no" is none, pass=no') == 'notAuthorized: "***" is none, pass=***'


def test_the_longer_secret_goes_first():
    redactor = Redactor()
    redactor.add("demo")
    redactor.add("demo-and-more")
    assert redactor.clean("demo-and-more") == MASK


@pytest.mark.parametrize(
    ("written", "left"),
    [
        (r'"\u006excdb-0123456789abcdef0123456789abcdef"', '"***"'),
        (r'"nxcdb\u002d0123456789ABCDEF0123456789abcdef"', '"nxcdb-0123456789ABCDEF0123456789abcdef"'),
        (r'"0\u0031\u0032\u0033456789abcdef0123456789abcdef"', '"***"'),
        (r'"\\u0041"', r'"\\u0041"'),
        (r'"\\\u0041\\\\u0041\u0042"', r'"\\A\\\\u0041B"'),
        (r'"\u0022\u005c\u00e9\n"', r'"\u0022\u005c\u00e9\n"'),
    ],
)
def test_no_token_hides_behind_an_escape_of_json(written, left):
    redactor = Redactor()
    redactor.add("nxcdb-0123456789abcdef0123456789abcdef")
    assert redactor.blank(written.encode()).decode() == left


@pytest.mark.parametrize("escape", [rb"\n", rb"\u0041", rb"\\u0041", rb"\u0022"])
def test_escapes_take_no_memory_each(escape):
    redactor = Redactor()
    redactor.add("nxcdb-0123456789abcdef0123456789abcdef")
    content = (escape + b"ab") * 200_000 + rb"\u0041"
    tracemalloc.start()
    redactor.blank(content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3 * len(content)
