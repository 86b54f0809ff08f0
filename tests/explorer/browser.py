"""A real headless Chromium, driven through the pipe of its DevTools protocol."""

import fcntl
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--mute-audio",
    "--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-dev-shm-usage",
    "--remote-debugging-pipe",
)  # fmt: skip
PATIENCE = 60.0
"""Seconds that an answer may take on a machine that is busy."""
KEYS = {"Tab": 9, "ArrowRight": 39, "ArrowLeft": 37, "Home": 36, "End": 35, " ": 32, "Enter": 13}


def installed() -> str:
    """Path of a Chromium; empty where there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), "")


class Browser:
    """One page of a browser; what it asks the network for, and what it complains of, is kept."""

    def __init__(self) -> None:
        self.home = tempfile.mkdtemp(prefix="explorer-")
        # Ends of the two pipes well above 3 and 4, where the browser looks for them.
        ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 20) for pair in (os.pipe(), os.pipe()) for end in pair]
        self.heard, self.said, hears, says = ends[2], ends[1], ends[0], ends[3]

        def put_in_place() -> None:
            os.dup2(hears, 3)
            os.dup2(says, 4)

        self.process = subprocess.Popen(
            [installed(), *FLAGS, f"--user-data-dir={self.home}", "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            close_fds=False, preexec_fn=put_in_place, start_new_session=True,
        )  # fmt: skip
        os.close(hears)
        os.close(says)
        self.rest, self.number, self.session = b"", 0, ""
        self.asked: dict[str, str] = {}
        self.complaints: list[str] = []
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.send(f"{domain}.enable")

    def close(self) -> None:
        try:
            self.session = ""
            self.send("Browser.close")
            self.process.wait(PATIENCE)
        finally:
            self.process.kill()
            self.process.wait()
            os.close(self.said)
            os.close(self.heard)
            shutil.rmtree(self.home, ignore_errors=True)

    def send(self, method: str, **parameters):
        self.number += 1
        asked = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            asked["sessionId"] = self.session
        os.write(self.said, json.dumps(asked).encode() + b"\0")
        while True:
            told = self._hear()
            if told.get("id") == self.number:
                if "error" in told:
                    raise AssertionError(f"{method}: {told['error']}")
                return told["result"]
            self._note(told)

    def _hear(self):
        end = time.monotonic() + PATIENCE
        while b"\0" not in self.rest:
            if not select.select([self.heard], [], [], max(end - time.monotonic(), 0))[0]:
                raise AssertionError("the browser does not answer")
            found = os.read(self.heard, 1 << 20)
            assert found, "the browser has ended"
            self.rest += found
        text, _, self.rest = self.rest.partition(b"\0")
        return json.loads(text)

    def _note(self, told) -> None:
        about = told.get("params", {})
        if told.get("method") == "Network.requestWillBeSent":
            self.asked[about["requestId"]] = about["request"]["url"]
        elif told.get("method") == "Network.loadingFailed" and about.get("blockedReason") == "csp":
            self.asked.pop(about["requestId"], None)  # told of, never sent
        elif told.get("method") == "Runtime.exceptionThrown":
            self.complaints.append(about["exceptionDetails"].get("exception", {}).get("description", "exception"))
        elif told.get("method") == "Log.entryAdded":
            self.complaints.append(about["entry"]["text"])

    @property
    def requests(self) -> list[str]:
        """Addresses that were asked for since the page was opened."""
        return list(self.asked.values())

    def run(self, script: str):
        """Value of a script in the page, awaited."""
        found = self.send("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in found:
            raise AssertionError(found["exceptionDetails"]["exception"].get("description", found))
        return found["result"].get("value")

    def wait(self, script: str) -> None:
        """Wait until a script is true in the page."""
        end = time.monotonic() + PATIENCE
        while not self.run(script):
            assert time.monotonic() < end, f"never true: {script}"
            time.sleep(0.02)

    def open(self, path: Path, address: str = "") -> None:
        """Open a page afresh and wait until it is ready."""
        self.send("Page.navigate", url="about:blank")
        self.wait("location.href === 'about:blank'")
        self.asked, self.complaints = {}, []
        self.send("Page.navigate", url=path.as_uri() + (f"#{address}" if address else ""))
        self.wait("document.documentElement?.dataset.ready === 'yes'")

    def size(self, width: int, height: int = 900) -> None:
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def place(self, selector: str) -> tuple[float, float, float, float]:
        """Left, top, width and height of an element, brought into view."""
        box = self.run(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)});"
            " e.scrollIntoView({block: 'center'}); const b = e.getBoundingClientRect();"
            " return [b.left, b.top, b.width, b.height]; })()"
        )
        return tuple(box)

    def mouse(self, kind: str, x: float, y: float) -> None:
        more = {"button": "left", "clickCount": 1, "buttons": 1} if kind != "mouseMoved" or self.held else {}
        self.held = kind == "mousePressed" or (kind == "mouseMoved" and self.held)
        self.send("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)

    held = False

    def click(self, selector: str) -> None:
        left, top, width, height = self.place(selector)
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            self.mouse(kind, left + width / 2, top + height / 2)

    def point(self, selector: str, across: float, down: float) -> None:
        """Move the pointer to a part of an element's width and height."""
        left, top, width, height = self.place(selector)
        self.mouse("mouseMoved", left + across * width, top + down * height)

    def drag(self, selector: str, to: float) -> None:
        """Drag the thumb of a slider to a part of its length."""
        left, top, width, height = self.place(selector)
        share = self.run(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)});"
            " return (e.value - e.min) / (e.max - e.min); })()"
        )
        thumb, y = 8.0, top + height / 2
        at = [left + thumb + part * (width - 2 * thumb) for part in (share, (share + to) / 2, to)]
        self.mouse("mouseMoved", at[0], y)
        self.mouse("mousePressed", at[0], y)
        for x in at[1:]:
            self.mouse("mouseMoved", x, y)
        self.mouse("mouseReleased", at[-1], y)

    def press(self, key: str) -> None:
        text = {"text": "\r"} if key == "Enter" else {"text": " "} if key == " " else {}
        of_key = {"key": key, "code": "Space" if key == " " else key, "windowsVirtualKeyCode": KEYS[key]}
        self.send("Input.dispatchKeyEvent", type="keyDown", **of_key, **text)
        self.send("Input.dispatchKeyEvent", type="keyUp", **of_key)

    def choose(self, key: str, value: str) -> None:
        """Choose an option of a list, as a reader does."""
        self.run(
            f"(() => {{ const e = document.querySelector('select[name={json.dumps(key)}]');"
            f" e.value = {json.dumps(value)};"
            " e.dispatchEvent(new Event('change', {bubbles: true})); })()"
        )

    def save_into(self, folder: Path) -> None:
        session, self.session = self.session, ""
        self.send("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(folder))
        self.session = session
