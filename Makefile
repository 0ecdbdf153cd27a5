# Every target prepares .venv by itself; nothing but Python 3.11 or newer is needed beforehand.
PYTHON ?= $(shell command -v python3 || command -v python)
BOOTSTRAP := $(PYTHON) tokdesk/bootstrap.py
.DEFAULT_GOAL := help
.PHONY: help run web worker beat test proof check lint fmt

help:  ## this list
	@sed -n 's/^\([a-z]*\):  *## /  make \1\t/p' $(MAKEFILE_LIST)

run:  ## the whole desk with demo data on http://127.0.0.1:8000 (PORT=..., TOKDESK_DATA=...)
	@$(BOOTSTRAP) run

web:  ## one web server beside a running desk (PORT=...)
	@$(BOOTSTRAP) web

worker:  ## one more worker beside a running desk
	@$(BOOTSTRAP) worker

beat:  ## the clock that starts sweeps and nightly work; one a desk
	@$(BOOTSTRAP) beat

test:  ## every check and the whole suite on every database there is
	@$(BOOTSTRAP) test

proof:  ## the long proofs and the measurements
	@$(BOOTSTRAP) proof

check:  ## lint, types and Django's own checks
	@$(BOOTSTRAP) check

lint:  ## lint and formatting, changing nothing
	@$(BOOTSTRAP) lint

fmt:  ## format and fix what can be fixed
	@$(BOOTSTRAP) fmt
