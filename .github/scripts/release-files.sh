#!/usr/bin/env bash
# release-files.sh FOLDER: archive of HEAD, bill of materials (CycloneDX) and SHA256SUMS. The same commit gives the
# same archive. Not `npm pack`, which leaves the lock file out: what a release installs must be what was tested.
set -euo pipefail

folder="$1"
name="proving-ground-$(node -p 'require("./package.json").version')"
git archive --format=tar --prefix="$name/" HEAD | gzip --no-name --best > "$folder/$name.tar.gz"
# Its name is fixed, since the job that attests it knows no version.
npm sbom --sbom-format cyclonedx --omit dev > "$folder/sbom.cdx.json"
cd "$folder"
sha256sum "$name.tar.gz" sbom.cdx.json > SHA256SUMS
