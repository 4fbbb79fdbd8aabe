# The verbs of the project. Each is one command that has a --help; the first use sets up .venv by itself.
PYTHON ?= python3
BIN := .venv/bin
export OMP_NUM_THREADS := 1

# Two workers; the order of the tests is that of conftest.py, which lets both end together.
TESTS := $(BIN)/pytest -n 2 --dist loadscope --no-loadscope-reorder --nbval book tests

.PHONY: course test test-all quick attack doctor book pdf serve release train bench grade text notebooks clean help

help:  ## list the verbs
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

course: .venv/installed  ## build the book, regenerate the release, grade the bundled samples
	$(BIN)/python -m autograder course

test: .venv/installed  ## every fast check; what CI runs; ARGS="--deselect ..." goes to pytest
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(TESTS) $(ARGS)

test-all: .venv/installed  ## also what is marked heavy
	$(TESTS) -m "" $(ARGS)

quick: .venv/installed  ## only the checks of what has changed, and what they leave out; ARGS="--since REV" or "--list"
	$(BIN)/python tools/quick.py $(ARGS)

attack: .venv/installed  ## grade what is hostile or damaged in each tier, play the scenarios; ARGS="--tier landlock daemon"
	$(BIN)/python -m tests.submissions.attack $(ARGS)

doctor: .venv/installed  ## is everything there that a reader, student or instructor needs?
	$(BIN)/python tools/doctor.py

book: .venv/installed  ## build the book; a warning is an error
	$(BIN)/jupyter-book build . -W -n --keep-going

pdf: book  ## the book as one PDF, _build/book.pdf, printed by Chromium
	$(BIN)/python tools/pdf.py $(ARGS)

serve: book  ## the book on http://localhost:8000
	$(BIN)/python -m http.server 8000 --bind localhost --directory _build/html

release: .venv/installed  ## regenerate exercises/ from solutions/
	$(BIN)/python -m autograder release

grade: .venv/installed  ## grade the submissions in gradebook/ and write their feedback
	$(BIN)/python -m autograder grade

train: .venv/installed  ## train the small translator on the pocket corpus (two CPU cores, minutes)
	$(BIN)/python -m translator train --corpus pocket --pair en-de --size tiny --out runs/pocket-en-de

bench: .venv/installed  ## training speed beside torch.nn.Transformer, on the same batches
	$(BIN)/python benchmarks/training_speed.py

text: .venv/installed  ## write the text view of the notebooks under .text/
	$(BIN)/python tools/notebooks.py text

notebooks: .venv/installed  ## bring edited texts back into the notebooks and execute what changed
	$(BIN)/python tools/notebooks.py notebooks

.PHONY: home
home: .venv/installed  ## show or set the public home of the course: make home URL=https://github.com/NAME/REPO
	$(BIN)/python tools/home.py $(or $(URL),--show)

clean:  ## remove what was built (never gradebook/)
	rm -rf _build .pytest_cache .ruff_cache

# The stamp: pip runs again only when the pins change. pip's own complaint stands if it fails.
.venv/installed: requirements.txt constraints.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@
