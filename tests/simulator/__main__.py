# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command line: ``python -m simulator --seed demo.yml --control --print-url``."""

from __future__ import annotations

import argparse
import contextlib
import os
import shlex
import signal
import sys
from pathlib import Path
from typing import Any

from .app import Simulator
from .hostile import Draw
from .seed import Seed
from .serving import Serving

NUMBERS = {
    "sites": "number of sites",
    "servers": "servers of each site",
    "devices": "devices of each site",
    "models": "number of models, ready to use",
    "random_seed": "another number gives another world; the same gives the same",
}


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m simulator", description="A stand-in for the Nx AI Cloud.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0 takes a free one (%(default)s)")
    parser.add_argument("--seed", metavar="FILE", help="YAML file that describes the world; demo.yml is built in")
    for name, about in NUMBERS.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, metavar="N", help=about)
    parser.add_argument("--speed", type=float, default=1.0, help="simulated seconds per second (%(default)s)")
    parser.add_argument("--control", action="store_true", help="serve the control interface under /_sim")
    parser.add_argument("--hostile", type=int, metavar="SEED", help="misbehave, each request as this number draws it")
    parser.add_argument("--tls", action="store_true", help="serve HTTPS, with a certificate made for this run")
    parser.add_argument("--print-url", action="store_true", help="print the URL, and nothing else, when ready")
    parser.add_argument("--env-file", metavar="PATH", help="write URLs and a token to a file for the shell")
    options = parser.parse_args(arguments)
    if not 0 <= options.port <= 65535:
        parser.error("--port must be from 0 to 65535")
    if not 0 <= options.speed <= 1e6:
        parser.error("--speed must be from 0 to 1000000")
    return options


def _seed(options: argparse.Namespace) -> Seed:
    numbers: dict[str, Any] = {name: getattr(options, name) for name in NUMBERS if getattr(options, name) is not None}
    if options.seed and numbers:
        raise ValueError("--seed and numbers exclude each other: put the numbers under generate: in the file")
    if not options.seed:
        return Seed({"generate": numbers})
    path = Path(options.seed)
    beside = Path(__file__).parent / options.seed
    return Seed.from_file(path if path.exists() or not beside.exists() else beside)


def _write_environment(path: str, serving: Serving) -> None:
    values = {
        "NXAI_API_URL": serving.url,
        "NXAI_CLOUD_URL": serving.url,
        "NXAI_TOKEN": serving.simulator.token(),
    }
    if serving.ca_path is not None:
        values["NXAI_CA_PATH"] = str(serving.ca_path)
    text = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in values.items())
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(text)


def _greeting(serving: Serving) -> str:
    world = serving.simulator.world
    account = next(iter(world.accounts))
    return (
        f"Nx AI Cloud simulator at {serving.url}: {len(world.sites)} sites, {len(world.models)} models, "
        f"account {account}. Ctrl-C ends it."
    )


def _fail(message: str) -> int:
    print(f"simulator: {message}", file=sys.stderr)
    return 2


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    try:
        simulator = Simulator(_seed(options), options.speed)
        if options.hostile is not None:
            simulator.faults.hostile = Draw(options.hostile)
    except ValueError as error:
        return _fail(f"{options.seed or 'numbers'}: {error}")
    try:
        serving = Serving(simulator, options.host, options.port, options.tls, options.control)
    except OSError as error:
        return _fail(f"cannot listen on {options.host} port {options.port}: {error.strerror or error}")
    except ImportError as error:
        return _fail(f"--tls needs the Python package cryptography: {error}")
    try:
        if options.env_file:
            _write_environment(options.env_file, serving)
    except OSError as error:
        serving.close()
        return _fail(f"{options.env_file}: {error.strerror}")
    print(serving.url if options.print_url else _greeting(serving), flush=True)
    # The server shuts down on a signal and then raises it again: SystemExit lets the clean-up take place.
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(0))
    with contextlib.suppress(KeyboardInterrupt):
        serving.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
