# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The client against the simulator: the two must mean the same by the same words."""

from __future__ import annotations

import hashlib

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.client import Client
from ansible_collections.nxai.cloud.plugins.module_utils._api.pipeline import Pipeline
from ansible_collections.nxai.cloud.plugins.module_utils._api.records import FileMark, join_documentation
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import (
    AnswerLost,
    Refused,
    SignInFailed,
    Unexpected,
)
from simulator.testing import serve

CONTENT = b"\x08\x07" + b"onnx" * 1000
MARK = FileMark(hashlib.sha256(CONTENT).hexdigest(), len(CONTENT))
DATA = {
    "Name": "Faces",
    "Customization": "metavms",
    "InputDriver": "vision",
    "InputDriverDetails": {
        "channels": 3,
        "height": 320,
        "width": 320,
        "means": [0, 0, 0],
        "vars": [1, 1, 1],
        "order": 0,
    },
    "OutputDriver": "vision",
    "OutputDriverDetails": {"postProcessing": None},
    "EnableConversions": [],
    "Documentation": join_documentation("# Faces", MARK),
}


@pytest.fixture(scope="module")
def running():
    with serve(sites=2, servers=2, devices=620) as simulator:
        yield simulator


@pytest.fixture
def simulator(running):
    running.reset()
    running.clear_faults()
    running.clear_log()
    return running


@pytest.fixture
def connect(simulator):
    made = []

    def make(**options):
        urls = {"api_url": simulator.url, "cloud_url": simulator.url}
        made.append(Client.from_options({**urls, "token": simulator.token(), **options}))
        return made[-1]

    yield make
    for client in made:
        client.close()


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "faces.onnx"
    path.write_bytes(CONTENT)
    return str(path)


def test_from_an_upload_to_a_pipeline_on_a_device(simulator, connect, file):
    client = connect()
    catalogue = client.compute.create_catalogue("Demo")
    uuid = client.compute.create_model({**DATA, "Catalogues": [catalogue]}, file)
    [model] = client.compute.list_models()
    assert (model.uuid, model.state, model.digest, model.catalogue_uuids) == (uuid, "pending", MARK, (catalogue,))
    simulator.advance(600)
    assert client.compute.list_models()[0].state == "ready"
    site = client.device.list_sites()[0]
    devices = client.device.list_devices(site.id)
    assert len(devices) == 620
    client.device.put_pipelines(site.id, [devices[0].id], [uuid], [Pipeline.new({"model": uuid}).to_wire()])
    simulator.advance(600)
    after = {device.id: device for device in client.device.list_devices(site.id)}
    assert after[devices[0].id].pipelines == (Pipeline.new({"model": uuid}),)
    assert all(server.supports_pipelines is not None for server in client.device.list_servers(site.id))


@pytest.mark.parametrize("handled", [True, False])
def test_a_lost_answer_never_doubles_a_model_or_a_catalogue(simulator, connect, file, handled):
    client = connect()
    simulator.fault("reset", "create_model", handled=handled)
    simulator.fault("status", "create_catalogue", status=502, handled=handled)
    uuid, catalogue = client.compute.create_model(DATA, file), client.compute.create_catalogue("Demo")
    assert [model.uuid for model in client.compute.list_models()] == [uuid]
    assert [found.uuid for found in client.compute.list_catalogues()] == [catalogue]
    assert len(simulator.writes()) == (2 if handled else 4)


def test_a_broken_upload_and_a_broken_look_end_without_a_second_upload(simulator, connect, file):
    simulator.fault("reset", "create_model", handled=True)
    simulator.fault("status", "list_models", status=500, times=0)
    with pytest.raises(AnswerLost, match="Looking for what it did failed as well"):
        connect().compute.create_model(DATA, file)
    assert len(simulator.writes()) == 1


def test_an_access_token_that_expires_is_renewed(simulator, connect):
    client = connect(token=None, username="demo@example.com", password="demo")
    client.compute.list_models()
    simulator.advance(7200)
    assert client.compute.list_models() == []
    assert len(simulator.log("issue_token")) == 2


def test_wrong_credentials(simulator, connect):
    with pytest.raises(Refused, match="HTTP 401"):
        connect(token="wrong").compute.list_models()
    with pytest.raises(SignInFailed, match="401"):
        connect(token=None, username="demo@example.com", password="wrong-word").compute.list_models()
    with pytest.raises(SignInFailed, match="sign in again"):
        connect(token=None, refresh_token="expired-word").compute.list_models()


@pytest.mark.parametrize("scheme", ["bearer", "raw"])
def test_both_forms_of_the_header(connect, scheme):
    assert connect(auth_scheme=scheme).compute.list_models() == []


def test_a_web_page_and_a_cut_listing_are_errors(simulator, connect):
    simulator.fault("html", "list_sites")
    with pytest.raises(Unexpected, match="web page"):
        connect().device.list_sites()
    simulator.fault("pagination", "list_sites", records=99, times=0)
    with pytest.raises(Unexpected, match="2 rows came and X-Pagination-Records says 99"):
        connect().device.list_sites()
