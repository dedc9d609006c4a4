#!/bin/sh
# Puts the mail server that the tests deliver to (aiosmtpd, Apache-2.0) into target/smtp. Does nothing where it is there.
# Nothing of it runs in the program.
set -eu

cd "$(dirname "$0")/.."
target=target/smtp

fail() {
    echo "setup-smtp: $*" >&2
    exit 1
}

command -v python3 >/dev/null || fail "python3 is needed (Debian: apt-get install python3-pip)"
if PYTHONPATH=$target python3 -c 'import aiosmtpd; assert aiosmtpd.__version__ == "1.4.6"' 2>/dev/null; then
    exit 0
fi
python3 -m pip --version >/dev/null 2>&1 || fail "pip is needed (Debian: apt-get install python3-pip)"
rm -rf "$target"
mkdir -p "$target"
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-deps --only-binary :all: \
    --require-hashes --target "$target" --requirement scripts/smtp-requirements.txt ||
    fail "could not install aiosmtpd; is there a network, and does pip reach its index?"
echo "setup-smtp: the test mail server is in $target" >&2
