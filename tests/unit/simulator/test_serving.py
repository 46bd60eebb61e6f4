# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Serving in the test's own process, TLS, and what the documents say of themselves."""

from __future__ import annotations

import tempfile
import threading
from pathlib import Path

import pytest
import requests

from simulator import schemas
from simulator.app import APIS
from simulator.testing import Served, serve


def test_it_leaves_no_thread_and_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = set(threading.enumerate())
    with serve(tls=True) as served:
        assert served.ca_path is not None
        requests.get(f"{served.url}/cpt/", verify=str(served.ca_path), timeout=10)
        assert list(tmp_path.iterdir())
    assert not list(tmp_path.iterdir())
    assert set(threading.enumerate()) <= before
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{served.url}/cpt/", timeout=10)


def test_a_certificate_of_its_own_is_not_trusted_by_chance() -> None:
    with serve(tls=True) as served:
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(f"{served.url}/cpt/", timeout=10)
        url = served.url.replace("127.0.0.1", "localhost")
        assert requests.get(f"{url}/cpt/", verify=str(served.ca_path), timeout=10).status_code == 200


@pytest.mark.parametrize("api", ["cpt", "dev"])
def test_the_document_names_every_operation_and_how_sure_it_is(simulator: Served, api: str) -> None:
    document = requests.get(f"{simulator.url}/{api}/openapi.json", timeout=10).json()
    found = {
        (path, method.upper()): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    assert set(found) == {(operation.path, operation.method) for operation in APIS[api]}
    queries = [item for each in found.values() for item in each["parameters"] if item.get("in") == "query"]
    marks = {item["x-evidence"] for item in (*found.values(), *queries)}
    assert marks <= {"documented", "observed", "client", "inferred"}


def test_guessed_fields_are_marked() -> None:
    evidence = {name: schema.get("x-evidence") for name, schema in schemas.FUNCTION["properties"].items()}
    assert (evidence["Size"], evidence["ConversionLog"], evidence["Code"]) == ("inferred", "inferred", "observed")


def test_a_head_request_is_logged_as_the_operation_it_is(simulator: Served) -> None:
    headers = {"Authorization": f"Bearer {simulator.token()}"}
    answer = requests.head(f"{simulator.url}/dev/systems", headers=headers, timeout=10)
    assert (answer.status_code, answer.content) == (200, b"")
    assert [entry.operation for entry in simulator.log()] == ["list_sites"]
