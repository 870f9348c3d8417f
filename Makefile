# make study                        from a fresh clone to a report, on two hospitals that are simulated first
# make study DATA=<PTB-XL folder>   the same on PTB-XL
# make test                         everything CI checks
# make env                          the .venv alone
# make fuzz                         10,000 damaged files of each format (FUZZ=, SEED= change it)
# make benchmarks                   rewrites benchmarks/RESULTS.md (minutes; `arrays` by name takes half an hour)
# make pretraining                  whether pretraining helps, on real ECGs: five hours on two cores (PRETRAINING=<folder>, TEST=1 opens the test)
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# of `make study`: the folder of PTB-XL, the one with ptbxl_database.csv; without it hospitals are simulated
DATA ?=
OUT ?= runs/$(if $(DATA),ptb_xl,demo)
HOSPITALS := runs/hospitals/study.toml
FUZZ ?= 10000
SEED ?= 1
# of `make pretraining`: its folder, gone on with; TEST=1 scores the test patients, once everything is chosen
PRETRAINING ?= runs/pretraining
TEST ?=
export EINTHOVEN_REAL_DATA ?= ../shared/data

.PHONY: help env study test lint types layers pytest wheel fuzz benchmarks pretraining format clean

help:
	@sed -n '1,7s/^# //p' Makefile

env: $(VENV)/.complete

$(VENV)/.complete: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt torch
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

# threads that wait for each other sleep: spinning, they make training many times slower on a machine that is busy
study: export OMP_WAIT_POLICY ?= PASSIVE
ifeq ($(DATA),)
study: env $(HOSPITALS)
	$(BIN)/einthoven run examples/demo/study.toml --out "$(OUT)"
else
study: env
	$(BIN)/einthoven run examples/ptb_xl/study.toml --data ptb_xl="$(DATA)" --out "$(OUT)"
endif

# the file that is written last; hospitals are simulated anew when their settings change
$(HOSPITALS): examples/demo/simulation.toml | env
	rm -rf $(@D)
	$(BIN)/einthoven simulate --settings $< --out $(@D)

test: env lint types layers pytest wheel

lint: env
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: env
	$(BIN)/mypy

layers: env
	$(BIN)/lint-imports

pytest: env
	$(BIN)/pytest -n 2

wheel: env
	$(BIN)/python tests/wheel_check.py

fuzz: env
	EINTHOVEN_FUZZ=$(FUZZ) EINTHOVEN_FUZZ_SEED=$(SEED) $(BIN)/pytest -q -p no:randomly tests/ecg/formats/test_fuzz.py

benchmarks: env
	$(BIN)/python benchmarks/run_all.py

pretraining: export OMP_WAIT_POLICY ?= PASSIVE
pretraining: env
	$(BIN)/python benchmarks/pretraining_real_data.py --out "$(PRETRAINING)" $(if $(TEST),--open-test)

format: env
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) runs build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
