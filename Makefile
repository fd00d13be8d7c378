# Two commands: `make run` opens the app on the sample, `make test` runs every check.
# Each target begins with setup, so nothing needs installing by hand but Python 3.11+, make and git.

PYTHON ?= python3
HOME_DIR ?= .ecosphere
PORT ?= 8501
BIN = .venv/bin
MORE = random or nightly_build_equals or axe or read_everywhere
READY = .venv/ready

.PHONY: setup run test test-full lint shots fix clean

setup: $(READY)

$(READY): requirements.txt requirements-dev.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Ecosphere needs Python 3.11 or newer; set PYTHON=python3.x") if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

# The first generation from the sample, once; then the app on http://127.0.0.1:8501.
run: setup
	test -f $(HOME_DIR)/CURRENT || $(BIN)/ecosphere build data/sample --home $(HOME_DIR)
	ECOSPHERE_HOME=$(HOME_DIR) $(BIN)/streamlit run app.py --server.port $(PORT)

test: lint
	tests/browser/chromium.sh
	$(BIN)/python -m pytest --numprocesses 2 --dist loadscope

# What needs minutes: kills, full disks, many at once, more random worlds. As root also what needs a mount or an account.
test-full: setup
	$(BIN)/python -m pytest --numprocesses 2 --dist loadscope tests/full
	WORLDS=24 $(BIN)/python -m pytest --numprocesses 2 --dist loadscope tests/spec tests/browser -k "$(MORE)"

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# A screenshot of every page, language, theme and width, into shots/ (not committed).
shots: setup
	tests/browser/chromium.sh
	test -f $(HOME_DIR)/CURRENT || $(BIN)/ecosphere build data/sample --home $(HOME_DIR)
	ECOSPHERE_HOME=$(HOME_DIR) $(BIN)/python tests/browser/shots.py

fix: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf .venv $(HOME_DIR) shots build *.egg-info
