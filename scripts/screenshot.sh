#!/usr/bin/env bash
# Takes the pictures of the README from public/; run through `make screenshot`.
set -euo pipefail
cd "$(dirname "$0")/.."

profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT
shoot() { # page, picture, width, height
  chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --disable-background-networking \
    --user-data-dir="$profile" --window-size="$3,$4" --screenshot="$PWD/docs/$2" "file://$PWD/public/$1" 2>/dev/null
}
mkdir -p docs
shoot index.html home.png 1200 1010
shoot units/jyj.html unit.png 1200 880
ls -l docs/home.png docs/unit.png
