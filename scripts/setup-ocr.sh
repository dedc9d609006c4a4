#!/bin/sh
# Puts the two OCR models into models/ (or the folder given). Does nothing where they are there already.
# They travel in the wheel of the Python package rapidocr (Apache-2.0); nothing of Python runs at run time.
set -eu

package=rapidocr==3.10.0
target=${1:-$(dirname "$0")/../models}
det=PP-OCRv6_det_small.onnx
rec=PP-OCRv6_rec_small.onnx
sums="090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f  $det
6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884  $rec"

fail() {
    echo "setup-ocr: $*" >&2
    exit 1
}

# Are both models in this folder, byte for byte?
whole() {
    (cd "$1" 2>/dev/null && echo "$sums" | sha256sum --check --status 2>/dev/null)
}

if whole "$target"; then
    echo "setup-ocr: the models are in $target" >&2
    exit 0
fi
command -v python3 >/dev/null || fail "python3 with pip is needed to download the models (Debian: apt-get install python3-pip)"
python3 -m pip --version >/dev/null 2>&1 || fail "pip is needed to download the models (Debian: apt-get install python3-pip)"

mkdir -p "$target"
work=$(mktemp -d "$target/.setup.XXXXXX")
trap 'rm -rf "$work"' EXIT INT TERM
python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --dest "$work" "$package" ||
    fail "could not download $package; is there a network, and does pip reach its index?"
python3 - "$work" "$det" "$rec" <<'PY' || fail "$package does not hold the models where they are expected (rapidocr/models/)"
import glob, sys, zipfile
work, *names = sys.argv[1:]
wheel = zipfile.ZipFile(glob.glob(work + "/*.whl")[0])
for name in names:
    with open(work + "/" + name, "wb") as out:
        out.write(wheel.read("rapidocr/models/" + name))
PY
whole "$work" || fail "the models in $package are not the ones this program was measured with (SHA-256 differs)"
mv "$work/$det" "$work/$rec" "$target/"
echo "setup-ocr: the models are in $target" >&2
