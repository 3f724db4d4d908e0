"""Find a Chromium for the site tests and the PDF; run alone, say whether there is one.

Order: the environment variable AIMC_BROWSER, an installed Chromium or Chrome, then the one that
Playwright has downloaded for itself.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

# The shell is the same browser without the windows, which cost as much as a page.
NAMES = [
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
]
PLACES = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
]
HINT = (
    "no Chromium or Chrome was found. Install one with scripts/install_system_packages.sh, or let "
    "Playwright fetch its own with: python -m playwright install chromium; "
    "or name one in the environment variable AIMC_BROWSER"
)
# The browser opens local pages only: no sandbox is needed, and it should not call home.
FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
]


def find_browser() -> str | None:
    """Return the path of a Chromium, or None if this machine has none."""
    candidates = [os.environ.get("AIMC_BROWSER"), *map(shutil.which, NAMES), *PLACES]
    for candidate in candidates:
        if candidate and Path(candidate).exists():
            return str(candidate)
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


if __name__ == "__main__":
    found = find_browser()
    print(found or HINT)
    sys.exit(found is None)
