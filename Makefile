# kefu: everything from one file. Python 3.11 or 3.12 and make are all that has to be there.
#
#   make run     the assistant at http://127.0.0.1:8620 with the sample knowledge base
#   make test    all tests but benchmarks and evaluations

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.SILENT:

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
KNOWLEDGE ?= knowledge
DATA ?=
LLM ?=
PORT ?= 8620
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
# As kefu sets it for itself (index/process.py): tests and figures run what a user runs.
export GOMP_SPINCOUNT ?= 3000

.PHONY: run test check bench eval help clean

help: ## Show this list
	echo "make …"
	sed -n 's/^\([a-z]*\): .*## /  \1\t/p' $(MAKEFILE_LIST) | expand -t 12

run: $(VENV)/.installed ## Install, take the sample company in (knowledge, orders) and serve it at http://127.0.0.1:8620
	$(BIN)/kefu models pull
	$(BIN)/kefu ingest $(KNOWLEDGE) || [ $$? -eq 3 ]
	$(if $(filter knowledge,$(KNOWLEDGE)),$(BIN)/kefu shop fill --if-empty)
	exec $(BIN)/kefu serve --port $(PORT)

test: $(VENV)/.installed-dev ## Run the tests, those with the embedder's weights and in a browser too
	$(BIN)/kefu models pull
	$(BIN)/pytest -n 2 -m "not benchmark and not evaluation and not llm"

check: $(VENV)/.installed-dev ## Lint, types and layering
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.installed-dev ## Measure speed and memory (docs/scorecard.md); LLM=1: the language models too
	$(BIN)/kefu models pull
	$(if $(LLM),$(BIN)/kefu models pull 1.5b)
	$(if $(LLM),$(BIN)/kefu models pull 0.5b)
	$(BIN)/pytest -m "benchmark$(if $(LLM),, and not llm)" -s

eval: $(VENV)/.installed-dev ## Measure the quality of search and answers (docs/scorecard.md); LLM=1: with the language model too
	$(BIN)/kefu models pull
	$(if $(LLM),$(BIN)/kefu models pull 1.5b)
	EVALUATION_DATA="$(DATA)" $(BIN)/pytest -m "evaluation$(if $(LLM),, and not llm)" -s

clean: ## Remove the environment; the index and what was uploaded stay
	rm -rf $(VENV)

$(BIN)/python:
	if ! command -v $(PYTHON) >/dev/null; then \
	  echo "kefu needs Python 3.11 or 3.12, and $(PYTHON) is not here. Install it (Debian: apt-get install" \
	    "python3.11 python3.11-venv), or name another: make run PYTHON=python3.12" >&2; \
	  exit 1; \
	fi
	$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v < (3, 13) else f"kefu needs Python 3.11 or 3.12; $(PYTHON) is {v[0]}.{v[1]}.")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	echo "Installing kefu into $(VENV); this takes a minute or two, once …"
	$(BIN)/python -m pip install --quiet --quiet --constraint constraints.txt --editable .
	touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt | $(BIN)/python
	echo "Installing kefu and what its tests need into $(VENV); this takes a minute or two, once …"
	$(BIN)/python -m pip install --quiet --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@ $(VENV)/.installed
