# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``python -m tools.returns``: what it writes into RETURN blocks, what it leaves there, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.returns import SOURCE, NoPlace, main, outdated
from tools.workplace import ROOT

MODULE = '''\
DOCUMENTATION = r"""
error: not here
"""

RETURN = r"""
{rows}:
  description: The rows of this module.
  type: list
  contains:
    own:
      description: Of this module alone.
    size:
      description: An old text.
    old:
      description: Of an older source.
error:
  returned: never
"""

import sys
'''
PLACES = """\
places:
  "*.py":
    error: [ERROR]
  a.py:
    rows.contains: [SIZE, own]
    rows.contains.size: [description, FLOW]
parts:
  ERROR:
    returned: failure
    sample: {status: 401}
  SIZE:
    size:
      description: A size.
  FLOW:
    sample: [1, 2]
"""
WRITTEN = '''\
DOCUMENTATION = r"""
error: not here
"""

RETURN = r"""
rows:
  description: The rows of this module.
  type: list
  contains:
    size:
      description: A size.
      sample: [1, 2]
    own:
      description: Of this module alone.
error:
  returned: failure
  sample: {status: 401}
"""

import sys
'''


def folder(path: Path) -> Path:
    (path / "a.py").write_text(MODULE.format(rows="rows"))
    (path / "b.py").write_text(MODULE.format(rows="other"))
    return path


def test_a_place_gets_its_parts_and_keeps_its_own_keys_and_nothing_else_is_touched(tmp_path: Path) -> None:
    differ = outdated(folder(tmp_path), PLACES)
    assert differ[tmp_path / "a.py"] == WRITTEN
    error = "error:\n  returned: "
    assert differ[tmp_path / "b.py"] == MODULE.format(rows="other").replace(
        f"{error}never\n", f"{error}failure\n  sample: {{status: 401}}\n"
    )
    for path, text in differ.items():
        path.write_text(text)
    assert outdated(tmp_path, PLACES) == {}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("rows.contains: ", "rows.inside: ", "a.py: rows.inside is no mapping, one key a line"),
        ("rows.contains: ", "lines.contains: ", "a.py: lines.contains is no mapping, one key a line"),
        ("[SIZE, own]", "[SIZE, another]", "a.py: rows.contains has no 'another'"),
        ("[ERROR]", "[MISTAKE]", "a.py: error has no 'MISTAKE'"),
        ('"*.py"', "c.py", "c.py is no file"),
    ],
)
def test_a_place_that_is_not_there_is_an_error(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(NoPlace) as error:
        outdated(folder(tmp_path), PLACES.replace(old, new))
    assert str(error.value) == said


def test_the_return_blocks_are_as_their_source_has_them() -> None:
    assert outdated(ROOT / "plugins", SOURCE.read_text(encoding="utf-8")) == {}


def test_the_gate_names_the_file_and_what_to_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = tmp_path / "returns.yml"
    changed.write_text(SOURCE.read_text(encoding="utf-8").replace("The UUID of the server", "The id of the server"))
    monkeypatch.setattr("tools.returns.SOURCE", changed)
    monkeypatch.setattr("sys.argv", ["returns", "--check"])
    assert main() == 1
    said = capsys.readouterr().out
    assert "plugins/modules/nxai_server_info.py" in said and "plugins/modules/nxai_device_info.py" in said
    assert said.count("\n") == 2 and said.count("make returns") == 2
    changed.write_text(PLACES)
    assert main() == 1 and capsys.readouterr().out == "*.py is no file\n"
