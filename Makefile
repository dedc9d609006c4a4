# make run: take the sample mails in, accept two, build the site, serve it and the desk on this machine.
# make test: every test, with its set-up. Both work on a fresh Debian machine with the Rust toolchain.

BY = 示例员
# Two of the sample mails, and the day the office decided on them; fixed so that content/register stays as committed.
ACCEPTED = 20230704-edc12cdc-2 20230706-26319db5-1
ON = 2023-07-20
ZHUANBAN = cargo run --quiet --locked --

.PHONY: run test setup demo screenshot

run: demo
	$(ZHUANBAN)

# The office's day without the server: repeatable, leaves `git status` clean.
demo:
	-./scripts/setup.sh run
	-./scripts/setup-web.sh
	-./scripts/setup-ocr.sh
	cargo build --locked
	$(ZHUANBAN) intake
	$(ZHUANBAN) review accept $(ACCEPTED) --by $(BY) --on $(ON)
	$(ZHUANBAN) build

test: setup
	cargo test --locked

# Debian packages, the browser library and the OCR models and the mail server that tests need; skipped where they are there already.
setup:
	./scripts/setup.sh
	./scripts/setup-web.sh
	./scripts/setup-ocr.sh
	./scripts/setup-smtp.sh

# The pictures of the README, from the demo's site.
screenshot: setup demo
	./scripts/screenshot.sh
