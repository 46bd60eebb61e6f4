# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stand-in for as much of the Hetzner Cloud API as the inventory plugin hetzner.hcloud.hcloud asks for."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

LOCATION = {
    "id": 1, "name": "fsn1", "description": "Falkenstein", "country": "DE", "city": "Falkenstein", "latitude": 50.5,
    "longitude": 12.4, "network_zone": "eu-central",
}  # fmt: skip
PAGING = {"next_page": None, "last_page": 1, "page": 1, "per_page": 50, "previous_page": None, "total_entries": 1}


def server(number: int) -> dict[str, Any]:
    address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    return {
        "id": number + 1,
        "name": f"server-{number}",
        "status": "running" if number % 7 else "off",
        "created": "2026-01-01T00:00:00+00:00",
        "public_net": {
            "ipv4": {"id": number, "ip": address, "blocked": False, "dns_ptr": f"s{number}.example.com"},
            "ipv6": {"id": number, "ip": f"2001:db8:{number:x}::/64", "blocked": False, "dns_ptr": []},
            "floating_ips": [],
            "firewalls": [],
        },
        "private_net": [],
        "server_type": {
            "id": 1, "name": f"cx{number % 4}2", "architecture": "x86", "cores": 2, "memory": 4, "disk": 40,
        },
        "datacenter": {"id": 1, "name": "fsn1-dc14", "description": "", "location": LOCATION},
        "location": LOCATION,
        "image": {"id": 1, "type": "system", "name": "debian-12", "description": "Debian", "os_flavor": "debian"},
        "labels": {"site": f"site-{number % 200}", "role": "camera"},
        "volumes": [],
        "load_balancers": [],
        "protection": {"delete": False, "rebuild": False},
        "locked": False,
    }  # fmt: skip


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    servers: int

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        query = parse_qs(asked.query)
        if not asked.path.endswith("/servers"):
            self._answer({"locations": [LOCATION], "meta": {"pagination": PAGING}})
            return
        page, size = int(query.get("page", ["1"])[0]), int(query.get("per_page", ["25"])[0])
        rows = [server(number) for number in range((page - 1) * size, min(page * size, self.servers))]
        following = page + 1 if page * size < self.servers else None
        self._answer({"servers": rows, "meta": {"pagination": {**PAGING, "page": page, "next_page": following}}})

    def _answer(self, data: Any) -> None:
        body = json.dumps(data).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@contextmanager
def peer(servers: int) -> Iterator[str]:
    """The URL of an API with so many servers, as long as the block runs."""
    handler = type("Handler", (_Handler,), {"servers": servers})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as service:
        thread = threading.Thread(target=service.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{service.server_address[1]}/v1"
        finally:
            service.shutdown()
