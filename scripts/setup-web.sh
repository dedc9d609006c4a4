#!/usr/bin/env bash
# Puts the QR library of the fill-in page into templates/static/vendor; does nothing where the right one is there.
# Without it the site is built all the same, and the page says that it prints without codes.
set -euo pipefail
cd "$(dirname "$0")/.."

vendor=templates/static/vendor
# uqr 0.1.3, dist/index.mjs. Named .js, because many web servers do not know .mjs, and browsers then refuse a module.
sha256=7f0e61c2f13bb3724edee7bfb876e13c54ac9ee4fcfa283c9fa93cfb1241c325

is_right() { [[ -f $1 ]] && sha256sum "$1" | grep -q "^$sha256 "; }

is_right "$vendor/uqr.js" && [[ -f $vendor/uqr-license.txt ]] && exit 0

if ! command -v npm >/dev/null; then
  echo "setup-web: npm is missing; on Debian: apt-get install --no-install-recommends nodejs npm" >&2
  exit 3
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp package.json package-lock.json "$work"
# Only fetched and checked against the lock file; nothing of it runs here.
if ! (cd "$work" && npm ci --ignore-scripts --no-audit --no-fund --silent); then
  echo "setup-web: npm could not fetch uqr; the fill-in page will print without QR codes" >&2
  exit 3
fi
found=$work/node_modules/uqr
if ! is_right "$found/dist/index.mjs"; then
  echo "setup-web: uqr is not the file that was looked at (SHA-256 differs); nothing was copied" >&2
  exit 3
fi
mkdir -p "$vendor"
cp "$found/LICENSE" "$vendor/uqr-license.txt"
cp "$found/dist/index.mjs" "$vendor/uqr.js"
