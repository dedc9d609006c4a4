#!/usr/bin/env bash
# Installs the Debian packages that the program uses (`setup.sh run`), or those that the tests and the screenshot need
# too (`setup.sh`); does nothing where all are there.
set -euo pipefail

# Fonts for the PDFs, Python's pip for the wheel that holds the OCR models, npm for the QR library of the fill-in page.
packages=(fonts-noto-cjk python3-pip nodejs npm)
# A browser, the office suite that forms travel through, PDF pages, a mail server.
if [[ ${1:-test} != run ]]; then
  packages+=(chromium chromium-driver dovecot-imapd libreoffice-writer-nogui libreoffice-calc-nogui poppler-utils)
fi

# The commands by which a package is known to be there, however it was installed.
present() {
  case $1 in
    chromium) command -v chromium ;;
    chromium-driver) command -v chromedriver ;;
    libreoffice-writer-nogui | libreoffice-calc-nogui) installed "$1" || installed "${1%-nogui}" ;;
    poppler-utils) command -v pdftoppm ;;
    nodejs) command -v node ;;
    npm) command -v npm ;;
    python3-pip) python3 -m pip --version ;;
    *) installed "$1" ;;
  esac >/dev/null 2>&1
}

installed() {
  [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

missing=()
for package in "${packages[@]}"; do
  present "$package" || missing+=("$package")
done
[[ ${#missing[@]} -eq 0 ]] && exit 0

if ! command -v apt-get >/dev/null; then
  echo "setup: this is no Debian system; install what these packages hold: ${missing[*]}" >&2
  exit 3
fi
as_root=()
if [[ $(id -u) -ne 0 ]]; then
  if ! command -v sudo >/dev/null; then
    echo "setup: as root, run: apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 3
  fi
  as_root=(sudo)
fi

echo "setup: installing ${missing[*]}" >&2
apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get "$@"; }
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { apt update --quiet && apt install --yes --quiet --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
  tail -n 20 "$log" >&2
  echo "setup: apt-get failed; the packages missing are: ${missing[*]}" >&2
  exit 3
fi
