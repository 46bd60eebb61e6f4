# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stands in for the get-pip script that ansible-test downloads: it installs the wheel of pip that lies beside it.

ansible-test fetches that script from a host of its own, which a machine that reaches only a package index cannot.
Where a file of that name is in its cache, as get_pip_25_2.py, that one is run. Its arguments are those of pip install.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

here = Path(__file__).resolve()
version = here.stem.removeprefix("get_pip_").replace("_", ".")
wheel = str(here.with_name(f"pip-{version}-py3-none-any.whl"))
wanted = [each for each in sys.argv[1:] if each not in ("--no-setuptools", "--no-wheel", f"pip=={version}")]
sys.path.insert(0, wheel)
sys.argv[1:] = ["install", *wanted, wheel]
runpy.run_module("pip", run_name="__main__", alter_sys=True)
