"""Firefox, driven by WebDriver BiDi, the protocol that it speaks without any driver program."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NAMES = ("firefox-esr", "firefox")
HINT = "no Firefox found; on Debian or Ubuntu: sudo apt-get install firefox-esr"
LISTENING = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
SECONDS = 60
# A browser that stays at home: no updates, no telemetry, no check for a captive portal.
QUIET = {
    "app.normandy.enabled": False,
    "app.update.auto": False,
    "browser.safebrowsing.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.healthreport.uploadEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "",
    "toolkit.telemetry.enabled": False,
}


def find_firefox() -> str | None:
    """Return the path of an installed Firefox."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@dataclass
class Firefox:
    """One headless Firefox with one page."""

    process: subprocess.Popen[str]
    socket: Any
    context: str = ""
    count: int = 0
    events: list[dict[str, Any]] = field(default_factory=list)

    def command(self, method: str, **parameters: Any) -> Any:
        """Send a command and return its result; events that arrive meanwhile are kept."""
        self.count += 1
        self.socket.send(json.dumps({"id": self.count, "method": method, "params": parameters}))
        while True:
            message = json.loads(self.socket.recv())
            if message.get("type") == "event":
                self.events.append(message)
            elif message.get("id") == self.count:
                if message["type"] == "error":
                    raise RuntimeError(f"{method}: {message['error']}: {message['message']}")
                return message["result"]

    def open(self, address: str) -> None:
        """Load a page and forget the events of the one before."""
        self.events.clear()
        self.command("browsingContext.navigate", context=self.context, url=address, wait="complete")

    def evaluate(self, expression: str) -> Any:
        """Return what a JavaScript expression, or its promise, gives, through JSON."""
        done = self.command(
            "script.evaluate",
            expression=f"(async () => JSON.stringify(await ({expression})))()",
            target={"context": self.context},
            awaitPromise=True,
        )
        if done["type"] != "success":
            raise RuntimeError(done["exceptionDetails"]["text"])
        return json.loads(done["result"]["value"])

    def requests(self) -> list[str]:
        """Return the addresses that the page asked for."""
        sent = [e for e in self.events if e["method"] == "network.beforeRequestSent"]
        return [event["params"]["request"]["url"] for event in sent]

    def errors(self) -> list[str]:
        """Return the errors that no script of the page caught."""
        logs = [e["params"] for e in self.events if e["method"] == "log.entryAdded"]
        return [e["text"] for e in logs if e["type"] == "javascript" and e["level"] == "error"]

    def close(self) -> None:
        """End the browser."""
        self.socket.close()
        self.process.terminate()
        self.process.wait(SECONDS)


def start(path: str, profile: Path) -> Firefox:
    """Start a headless Firefox with an empty profile."""
    import websocket

    lines = (f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in QUIET.items())
    (profile / "user.js").write_text("".join(lines), encoding="utf-8")
    command = [path, "--headless", "--no-remote", "--remote-debugging-port=0"]
    log = profile / "firefox.log"
    with log.open("w", encoding="utf-8") as out:
        process = subprocess.Popen([*command, "--profile", str(profile)], stderr=out, text=True)
    end = time.monotonic() + SECONDS
    while not (found := LISTENING.search(log.read_text(encoding="utf-8"))):
        if process.poll() is not None or time.monotonic() > end:
            process.kill()
            raise RuntimeError(f"Firefox did not start: {log.read_text(encoding='utf-8')[-800:]}")
        time.sleep(0.1)
    # Firefox answers no page, and so nobody who names an origin.
    socket = websocket.create_connection(
        f"{found[1]}/session", timeout=2 * SECONDS, suppress_origin=True
    )
    browser = Firefox(process, socket)
    browser.command("session.new", capabilities={})
    events = ["log.entryAdded", "network.beforeRequestSent"]
    browser.command("session.subscribe", events=events)
    tree = browser.command("browsingContext.getTree")
    browser.context = tree["contexts"][0]["context"]
    return browser
