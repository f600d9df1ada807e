#!/usr/bin/env bash
# One SHA-256 over the names and contents of every file in a folder: what was tested and what is deployed have the same,
# or somebody put another artifact of that name in between. Usage: binaries.sh FOLDER
set -euo pipefail

cd "${1:?Usage: binaries.sh FOLDER}"
find . -type f -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum | sha256sum | cut -d' ' -f1
