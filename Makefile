# Everything a reader, an author or a continuous-integration machine runs. `make` alone lists it.
# Needs git, make and Python 3.11 or newer; all else is installed into .venv.

PYTHON ?= python3
VENV   ?= .venv
PORT   ?= 8000
BIN    := $(VENV)/bin
PY     := $(BIN)/python

# One BLAS and torch thread: on small shared machines two are slower than one.
export OMP_NUM_THREADS ?= 1
export OPENBLAS_NUM_THREADS ?= 1
# Processes that run the tests: one per core, but four at most, since each may hold a browser.
JOBS ?= auto

# What each target installs. The pages on training run torch; `lint` needs none.
EXTRAS_book  := book,torch
EXTRAS_test  := test,book,labs,torch,browser,binder,slides,models
EXTRAS_labs  := labs,torch
EXTRAS_lint  := lint
EXTRAS_bench := bench
EXTRAS_pdf   := book,torch,browser
EXTRAS_slides := book,torch,browser,slides

NOTEBOOKS := $(wildcard labs/*.ipynb labs/student/*.ipynb book/notebooks/*.ipynb)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help venv dev check page book serve offline test test-all test-ci test-code coverage labs lint format bench bench-check pdf epub slides links lock clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 13

# --- environments -------------------------------------------------------------------------------

$(VENV)/.created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Python 3.11 or newer is needed; '$(PYTHON)' is `$(PYTHON) --version 2>&1`."; \
	  echo "Name another one with: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "'$(PYTHON)' cannot make virtual environments."; \
	  echo "On Debian or Ubuntu: sudo apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

venv: $(VENV)/.created  ## an empty virtual environment in .venv

dev: $(VENV)/.installed-lint $(VENV)/.installed-test  ## all that writing code takes, in .venv; builds nothing

$(VENV)/.installed-%: pyproject.toml src/aimc_course/pyproject.toml src/aimc_answers/pyproject.toml constraints.txt | $(VENV)/.created
	$(PY) -m pip install --quiet -c constraints.txt -e ".[$(EXTRAS_$*)]" -e src/aimc_course -e src/aimc_answers
	@touch $@

# --- the book -----------------------------------------------------------------------------------

page: $(VENV)/.installed-book  ## one chapter, run and built: make page PAGE=book/2-devices/04-noise.md
	@test -n "$(PAGE)" || { echo "which one? make page PAGE=book/2-devices/04-noise.md"; exit 2; }
	$(PY) scripts/build_page.py $(PAGE)

BUILD := $(BIN)/jupyter-book build . -W -n --keep-going

define BEFORE_BOOK
	$(PY) scripts/fetch_runtime.py all
	$(PY) -m aimc_course build-labs
endef

define BUILD_BOOK
	$(BEFORE_BOOK)
	$(BUILD)
endef

book: $(VENV)/.installed-book  ## build the site into _build/html
	$(BUILD_BOOK)

serve: book  ## build the site and show it on 127.0.0.1, port 8000 (or PORT=...)
	$(PY) -m http.server --bind 127.0.0.1 --directory _build/html $(PORT)

offline: book  ## the whole site as _build/aimc-offline.zip, to read and compute without a network
	$(PY) scripts/make_offline.py

pdf: $(VENV)/.installed-pdf  ## the whole book as _build/pdf/aimc.pdf
	$(PY) -m aimc_course build-labs
	$(BIN)/jupyter-book build . -W -n --keep-going --builder singlehtml
	$(PY) scripts/print_pdf.py

epub: book  ## the book for readers of electronic books as _build/aimc.epub
	$(PY) scripts/make_epub.py

slides: $(VENV)/.installed-slides  ## decks for lectures, with notes and as PDF, in _build/slides/decks
	$(PY) -m aimc_course slides --handout --out _build/slides/decks

links: $(VENV)/.installed-book  ## check every external link (needs the network)
	$(PY) -m aimc_course build-labs
	$(BIN)/jupyter-book build . --builder linkcheck

# --- checks -------------------------------------------------------------------------------------

PYTEST = $(PY) -m pytest tests _build/labs/solution --nbval-lax --nbval-cell-timeout=600 \
  --numprocesses=$(JOBS) --maxprocesses=4 --dist=loadgroup --no-loadscope-reorder

check: dev lint  ## lint, types, floors and the library's quick tests: before each commit of code
	$(PY) -m pytest tests/library -q -m "not slow" --numprocesses=$(JOBS) --maxprocesses=4 --dist=loadgroup

test: $(VENV)/.installed-test  ## build the book, then test it and the library; says what it left out
	$(BEFORE_BOOK)
	@$(PY) scripts/browser.py || $(PY) -m playwright install chromium || true
	$(PYTEST) --build "$(BUILD)" -m "not slow"

test-ci: $(VENV)/.installed-test  ## what each change must pass: every test but the weekly ones
	$(BEFORE_BOOK)
	@$(PY) scripts/browser.py || $(PY) -m playwright install chromium || true
	$(PYTEST) --build "$(BUILD)" -m "not weekly"

test-code: $(VENV)/.installed-test  ## of those, what needs neither the built book nor a browser
	$(PY) -m aimc_course build-labs
	$(PYTEST) -m "not weekly and not built and not browser and not wasm"

test-all: $(VENV)/.installed-test  ## run every test: all pages, in two browsers, and all labs
	$(BEFORE_BOOK)
	@$(PY) scripts/browser.py || $(PY) -m playwright install chromium || true
	$(PYTEST) --build "$(BUILD)"

coverage: $(VENV)/.installed-test  ## how much of library and course the tests reach, without pages and kernels
	@status=0; \
	$(BIN)/coverage run -m pytest tests -q -m "not browser and not book and not binder and not wasm" || status=$$?; \
	$(BIN)/coverage report | awk '{print} /%$$/ && $$1 != "TOTAL" && $$NF + 0 < 80 {low = low "\n  " $$NF "  " $$1} \
	  END {print "\nbelow 80 %:" (low == "" ? " nothing" : low)}'; \
	exit $$status

labs: $(VENV)/.installed-labs  ## make the lab copies and run the solutions
	$(PY) -m aimc_course build-labs
	$(PY) -m pytest _build/labs/solution --nbval-lax --nbval-cell-timeout=600

lint: $(VENV)/.installed-lint  ## style, types, import floors, JavaScript, spelling, clean notebooks
	@failed=; run() { echo "$$*" | cut -c1-100; "$$@" || failed="$$failed $$(basename "$$1")"; }; \
	run $(BIN)/ruff check .; \
	run $(BIN)/ruff format --check .; \
	run $(BIN)/mypy; \
	run $(BIN)/lint-imports; \
	run $(BIN)/oxlint book tests; \
	run $(BIN)/codespell; \
	run $(BIN)/nbstripout --verify $(NOTEBOOKS); \
	test -z "$$failed" || { echo "lint: failed:$$failed"; exit 1; }

format: $(VENV)/.installed-lint  ## rewrite the code in the project's style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.installed-bench  ## speed, as ratios to plain torch in the same run
	@for file in $(filter-out benchmarks/ratios.py,$(wildcard benchmarks/*.py)); do echo "== $$file"; $(PY) $$file || exit 1; done

bench-check: $(VENV)/.installed-bench  ## the ratios that are watched, against bounds; seconds
	$(PY) benchmarks/against_torch.py --quick --check

# --- housekeeping -------------------------------------------------------------------------------

# Accelerator wheels are left out: they bind nothing on a CPU and tie the lock to one vendor.
lock: $(VENV)/.created  ## write constraints.txt anew from pyproject.toml
	$(PY) -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --all-extras \
	  --no-header --no-annotate --no-emit-index-url pyproject.toml -o $(VENV)/lock.txt
	{ echo "# Written by 'make lock'. Versions known to work together on Python 3.11 to 3.13."; \
	  grep -Ev '^(nvidia-|cuda-|triton)' $(VENV)/lock.txt; } > constraints.txt

clean:  ## remove what was built and the virtual environment
	rm -rf $(VENV) _build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage
	rm -rf src/*.egg-info
	find src tests book scripts -name __pycache__ -type d -prune -exec rm -rf {} +
