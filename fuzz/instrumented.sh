#!/bin/sh
# Stands before rustc (RUSTC_WRAPPER) and counts coverage in our own crate alone: the crates it uses are built as ever.
case " $* " in
  *" --crate-name zhuanban "*)
    exec "$@" --cfg=fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
      -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
      -Cllvm-args=-sanitizer-coverage-trace-compares
    ;;
  *) exec "$@" ;;
esac
