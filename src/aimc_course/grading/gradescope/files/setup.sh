#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the image of the autograder.
set -euo pipefail

source_folder=/autograder/source
environment=/opt/aimc

# Student code will run in this container: answers and the class key are for root alone.
chown -R root:root "$source_folder"
chmod -R go-rwx "$source_folder"

export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install -y --no-install-recommends bubblewrap util-linux

python=
for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
  if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python=$candidate
    break
  fi
done
if [ -z "$python" ]; then
  apt-get install -y --no-install-recommends python3.11
  python=python3.11
fi
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
apt-get install -y --no-install-recommends "python$version-venv"

"python$version" -m venv "$environment"
"$environment/bin/python" -m pip install --no-cache-dir -r "$source_folder/requirements.txt"
chmod -R go+rX,go-w "$environment"
