# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One page in a Chromium without a screen, where there is one. Spoken to over a pipe, by the DevTools protocol."""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
SECONDS = 60
_OPTIONS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars",
    "--disable-extensions", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--remote-debugging-pipe",
)  # fmt: skip
# It reads from its descriptor 3 and writes to 4.
_START = "import os,sys; os.dup2(int(sys.argv[1]),3); os.dup2(int(sys.argv[2]),4); os.execv(sys.argv[3],sys.argv[3:])"

# The elements whose text is hard to read on what is behind it.
POOR_CONTRAST = """
(() => {
  const parts = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = colour => {
    const [r, g, b] = parts(colour).slice(0, 3).map(each => each / 255)
      .map(each => each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = element => {
    for (let each = element; each; each = each.parentElement) {
      const colour = getComputedStyle(each).backgroundColor, [, , , opaque = 1] = parts(colour);
      if (opaque === 1) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const poor = new Set();
  for (const element of document.body.querySelectorAll("*")) {
    const own = [...element.childNodes].some(each => each.nodeType === 3 && each.data.trim());
    if (!own || !element.checkVisibility() || element.tagName === "SCRIPT") continue;
    const pair = [getComputedStyle(element).color, ground(element)].map(light).sort((a, b) => b - a);
    const ratio = (pair[0] + 0.05) / (pair[1] + 0.05);
    if (ratio < 4.5) poor.add(element.tagName + " ." + element.className + " " + ratio.toFixed(2));
  }
  return [...poor];
})()
"""


def found() -> str | None:
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


class Chromium:
    def __init__(self, program: str, profile: Path) -> None:
        # Numbers above 4, so that none of them is overwritten before it is used.
        theirs_in, self._out = (os.dup(each) if each < 5 else each for each in os.pipe())
        self._in, theirs_out = (os.dup(each) if each < 5 else each for each in os.pipe())
        command = [sys.executable, "-c", _START, str(theirs_in), str(theirs_out), program, *_OPTIONS]
        self._process = subprocess.Popen(
            [*command, f"--user-data-dir={profile}"],
            pass_fds=(theirs_in, theirs_out),
            env={**os.environ, "HOME": str(profile), "TZ": "Europe/Berlin"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._number = 0
        self._rest = b""
        self._session: dict[str, str] = {}
        self.events: list[dict[str, Any]] = []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._session = {"sessionId": session}
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")

    def __enter__(self) -> Chromium:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._in)
        os.close(self._out)

    def ask(self, method: str, **parameters: Any) -> Any:
        self._number += 1
        call = {"id": self._number, "method": method, "params": parameters, **self._session}
        os.write(self._out, json.dumps(call).encode() + b"\0")
        until = time.monotonic() + SECONDS
        while True:
            answer = self._read(until)
            if answer.get("id") == self._number:
                assert "error" not in answer, f"{method}: {answer['error']}"
                return answer["result"]
            self.events.append(answer)

    def wait_for(self, method: str) -> None:
        """Until it has happened since the last time that one waited for something."""
        until = time.monotonic() + SECONDS
        while not any(each.get("method") == method for each in self.events):
            self.events.append(self._read(until))

    def _read(self, until: float) -> dict[str, Any]:
        while b"\0" not in self._rest:
            ready, _writes, _errors = select.select([self._in], [], [], max(0.0, until - time.monotonic()))
            assert ready, "Chromium does not answer"
            piece = os.read(self._in, 1 << 20)
            assert piece, "Chromium has ended"
            self._rest += piece
        first, _zero, self._rest = self._rest.partition(b"\0")
        answer: dict[str, Any] = json.loads(first)
        return answer

    # What one does with it

    def open(self, address: str) -> None:
        self.events.clear()
        self.ask("Page.navigate", url=address)
        self.wait_for("Page.loadEventFired")

    def reload(self) -> None:
        self.events.clear()
        self.ask("Page.reload")
        self.wait_for("Page.loadEventFired")

    def value(self, expression: str) -> Any:
        found = self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def look(self, width: int, scheme: str = "light", script: bool = True) -> None:
        phone = width < 600
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=844 if phone else 900,
            deviceScaleFactor=2 if phone else 1,
            mobile=phone,
        )
        media = [{"name": "prefers-color-scheme", "value": scheme}]
        self.ask("Emulation.setEmulatedMedia", features=media)
        self.ask("Emulation.setScriptExecutionDisabled", value=not script)

    def picture(self, most: int = 3_000) -> str:
        """All of the page, as far as it is not much too long. PNG in base64."""
        size = self.ask("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], most), "scale": 1}
        shot = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
        data: str = shot["data"]
        return data

    def requests(self) -> list[str]:
        """The addresses that were asked for since the page was opened."""
        sent = [each for each in self.events if each.get("method") == "Network.requestWillBeSent"]
        return [each["params"]["request"]["url"] for each in sent]

    def complaints(self) -> list[str]:
        """Errors of scripts, and what the policy of the page did not let happen."""
        said = [each["params"]["entry"]["text"] for each in self.events if each.get("method") == "Log.entryAdded"]
        thrown = [each for each in self.events if each.get("method") == "Runtime.exceptionThrown"]
        return said + [str(each["params"]["exceptionDetails"]) for each in thrown]
