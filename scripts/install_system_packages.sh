#!/bin/sh
# Install what pip cannot: browsers for the site tests and the PDF, fonts for them, and a sandbox.
# Safe to run again. As root on Debian or Ubuntu it installs; elsewhere it says what to install.
set -eu

have() { command -v "$1" >/dev/null 2>&1; }

# Whether these packages can simply be installed here.
offered() {
  [ "$(id -u)" -eq 0 ] && have apt-get || return 1
  apt-get update -qq # without it the list of packages may be empty
  apt-cache show "$@" >/dev/null 2>&1
}

browser=""
for name in chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable; do
  if have "$name"; then
    browser="$name"
    break
  fi
done

packages=""
# Tests open hundreds of pages. Chromium's shell has no windows, each of which costs as much again.
if [ "$browser" != chromium-headless-shell ] && offered chromium-headless-shell; then
  packages="$packages chromium-headless-shell"
elif [ -z "$browser" ]; then
  packages="$packages chromium"
fi
# Layout is tested with both families that Debian's browsers come with.
for family in DejaVu Liberation; do
  if ! have fc-list || ! fc-list | grep -qi "$family"; then
    case "$family" in
      DejaVu) packages="$packages fontconfig fonts-dejavu-core" ;;
      Liberation) packages="$packages fonts-liberation" ;;
    esac
  fi
done
# A second browser for the tests of the explorers, where it can simply be installed.
if ! have firefox && ! have firefox-esr && offered firefox-esr; then
  packages="$packages firefox-esr"
fi
# The sandbox that notebooks of students are graded in; only Linux has it.
[ "$(uname -s)" != Linux ] || have bwrap || packages="$packages bubblewrap"
# Its other way are containers; an engine is tried where all tests run. runc starts them on machines
# that have both versions of control groups, which podman's usual runtime refuses.
if [ "${CI:-}" = true ] && ! have podman && offered podman runc; then
  packages="$packages podman runc"
fi
have git || packages="$packages git"
have make || packages="$packages make"
python3 -c 'import ensurepip, venv' >/dev/null 2>&1 || packages="$packages python3-venv"

if [ -z "$packages" ]; then
  echo "system packages: nothing to install (browser: $browser)"
elif have apt-get && [ "$(id -u)" -eq 0 ]; then
  DEBIAN_FRONTEND=noninteractive
  export DEBIAN_FRONTEND
  apt-get update -qq
  # shellcheck disable=SC2086 # a list of names
  apt-get install -y -qq --no-install-recommends $packages
  echo "system packages: installed$packages"
elif have apt-get; then
  echo "Please install: sudo apt-get install --no-install-recommends$packages" >&2
  exit 1
else
  echo "Please install with your system's package manager:$packages" >&2
  echo "(Google Chrome serves as well as Chromium.)" >&2
  exit 1
fi
