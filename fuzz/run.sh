#!/usr/bin/env bash
# Builds the fuzz targets and runs one: run.sh TARGET [libFuzzer option…]. Without a target it only builds them.
#
# Coverage is counted in our own crate (instrumented.sh); the flags that takes are stable ones, so the ordinary compiler
# does. No AddressSanitizer: the crate forbids unsafe code, and what can go wrong here (panic, endless loop, memory)
# libFuzzer sees by itself.
set -euo pipefail
cd "$(dirname "$0")"
export RUSTC_WRAPPER=$PWD/instrumented.sh CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-target}
cargo build --locked --bins
[ $# -gt 0 ] || exit 0
target=$1
shift

# Seeds are what the tests hold; finds of earlier runs are among them.
case $target in
  mail) seeds=(../tests/mail/{plain,legacy,malformed,hostile,chinese}) size=65536 ;;
  archive) seeds=(../tests/documents ../tests/documents/archives) size=65536 ;;
  pdf) seeds=(seeds/pdf) size=65536 ;;
  form) seeds=(../content/forms) size=8192 ;;
  *) seeds=("seeds/$target") size=16384 ;;
esac
mkdir -p "corpus/$target" "artifacts/$target" "finds/$target"
# A run ends at its first find, which then lies in artifacts/; one that is mended goes to finds/, and into the tests.
exec "$CARGO_TARGET_DIR/debug/$target" -max_total_time=600 -timeout=20 -rss_limit_mb=2048 -max_len=$size \
  -artifact_prefix="artifacts/$target/" -print_final_stats=1 "$@" "corpus/$target" "${seeds[@]}" "finds/$target"
