# Every command a person needs. `make` alone lists them.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:

VENV := .venv
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
PY := $(BIN)/python
SITE := _build/html
PDF := _build/pdf/loss-functions-in-tensorflow.pdf
PORT ?= 8000

# The first Python on the path that can run the pinned TensorFlow; name another with PYTHON=...
FITS = import sys; print("yes" if (3, 11) <= sys.version_info[:2] <= (3, 13) else "")
PYTHON ?= $(or $(firstword $(foreach python,python3.11 python3.12 python3.13 python3 python,\
	$(if $(shell $(python) -c '$(FITS)' 2>/dev/null),$(python)))),$(or $(shell command -v python3),python3.11))

# The same for every execution: quiet, on the processor, bit-for-bit the plain kernels.
export TF_CPP_MIN_LOG_LEVEL ?= 3
export TF_ENABLE_ONEDNN_OPTS ?= 0
export CUDA_VISIBLE_DEVICES ?= -1
export PYDEVD_DISABLE_FILE_VALIDATION = 1
export PYTHONUTF8 ?= 1

SOURCES := _config.yml _toc.yml CITATION.cff CONTRIBUTING.md tools/execute.py tools/fingerprint.py tools/kernel.py \
	$(shell find book lossutils website -type f -not -path '*/.*' -not -name '*.pyc' 2>/dev/null)
# What `make test` runs, in this order; tools/run_checks.py sums it up in one line.
CHECKS := lint lint-notebooks unit wheel reproduce nbval plain mutation classroom \
	$(if $(CONTAINERS),containers) book $(if $(NUMPY),pyodide) $(if $(WITH_PDF),pdf) links browser
# `make proof` runs the tests that are marked for it as well.
MARKED = $(1)$(if $(PROOF),, and not proof)
PYTEST = $(PY) -m pytest -q -rfEs -n logical $(if $(REPORTS),--junitxml=$(REPORTS)/$@.xml)
GRADER_ENVS := $(foreach name,grader kernel kernel-tensorflow,.venv-$(name)/installed)
GRADER_PY := .venv-grader/$(if $(filter Windows_NT,$(OS)),Scripts,bin)/python
HUB_PY := .venv-hub/$(if $(filter Windows_NT,$(OS)),Scripts,bin)/python
OTHER_PY := .venv-other-libraries/$(if $(filter Windows_NT,$(OS)),Scripts,bin)/python
TEACH := $(GRADER_PY) -m grader
OF_ROUND = $(if $(ROUND),--round $(call Q,$(ROUND)))
OF_ASSIGNMENT = $(if $(A),$(call Q,$(A)))
# One word for the shell, whatever is in it: spaces, parentheses, quotes; a leading ~ is the home.
Q = '$(subst ','\'',$(if $(filter ~/%,$(firstword $(1))),$(HOME)$(subst @~,,@$(1)),$(1)))'
# The folder of the teacher's course.
C ?= .
NBVAL = $(PYTEST) --nbval book --dist loadfile

##@ Read
.PHONY: book
book: $(SITE)/built  ## build the book (the first time it also installs what it needs)
	@echo "The book is in $(SITE)/index.html; look at it with: make serve"

.PHONY: serve
serve: installed  ## show the built book at http://127.0.0.1:8000 (another port: PORT=8080)
	@$(PY) -m website.serve $(SITE) --port $(PORT)

.PHONY: live
live: $(SITE)/built  ## show it with cells that run on the page, on a Jupyter server of this machine
	@$(PY) -m website.live $(SITE) --port $(PORT)

.PHONY: pdf
pdf: $(SITE)/built  ## print the whole book as one PDF, and put it into the site if WITH_PDF=1
	@$(PY) -m website.pdf $(SITE) $(PDF)
	@$(if $(WITH_PDF),cp $(PDF) $(SITE)/)

.PHONY: pyodide
pyodide: $(SITE)/built  ## put Pyodide into it, for exercises, and for cells with NUMPY=its wheel (needs npm)
	$(PY) -m website.pyodide $(SITE) $(if $(NUMPY),"$(NUMPY)")

# JupyterLab would ask Jupyter's site for news and the package index for a newer version.
NO_NEWS := --LabApp.news_url=None --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate
# Without a terminal of its own, it would start login shells, and these may set PATH anew.
SAME_PATH := --ServerApp.terminado_settings="shell_command=$${SHELL:-sh}"
.PHONY: lab
lab: installed  ## open the notebooks in JupyterLab; DIR=FOLDER opens those of a course
	@# A terminal of JupyterLab opens in the folder from which it was started. Containers start it as root.
	cd $(call Q,$(or $(DIR),book)) && PYTHONPATH="$(CURDIR)" PATH="$$PATH:$(CURDIR)/.venv-grader/bin" \
		"$(CURDIR)"/$(BIN)/jupyter lab --allow-root --ServerApp.ip=127.0.0.1 --ServerApp.root_dir=. \
		$(NO_NEWS) $(SAME_PATH)

##@ Check
.PHONY: test
# Mutation tests come after the checks that they repeat: tools/mutation/runner.py counts on that.
test: export ALL_CHECKS_PASSED := yes
test: export IN_TURN := yes
test: install toolchain grader-envs  ## check everything; the last line sums it up
	@$(PY) -m tools.run_checks $(CHECKS)

.PHONY: proof
proof: export PROOF := yes
proof: install toolchain grader-envs  ## all of make test, with every mutation, page, mode and variant (weekly)
	@$(PY) -m tools.run_checks $(CHECKS) variants mutation-sample accuracy

.PHONY: test-portable
test-portable: install  ## what other systems and Pythons must pass too: lint, unit, two chapters, build
	@$(PY) -m tools.run_checks lint lint-notebooks unit reproduce two-chapters book links

.PHONY: drift
drift: installed  ## which stored numbers change with other versions: TF=2.18 KERAS=3.5 (newest without)
	$(PY) -m tools.drift --tensorflow "$(TF)" --keras "$(KERAS)" --numpy "$(NP)"

.PHONY: lint
lint: installed  ## ruff over code and notebooks; mypy over lossutils; actionlint and zizmor over the workflows
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy --no-incremental
	$(BIN)/actionlint -shellcheck $(BIN)/shellcheck -pyflakes= $(wildcard .github/workflows/*.yml)
	$(BIN)/zizmor --quiet --offline --strict-collection .github
	$(BIN)/shellcheck .ci/run .ci/container-tests .binder/start .binder/postBuild

.PHONY: lint-notebooks
lint-notebooks: installed  ## notebooks are canonical: text and explorers only, and cells that print have some
	$(PY) -m tools.notebooks check

.PHONY: chapter
chapter: installed  ## one notebook: lint, stored outputs, page (NB=double-softmax)
	@$(PY) -m tools.chapter "$(NB)"

.PHONY: unit
unit: installed  ## unit, property and doc tests
	$(PYTEST) -m "$(call MARKED,not slow and not classroom)" --doctest-modules lossutils grader website tools tests

.PHONY: wheel
wheel: installed  ## the wheel of lossutils: its contents, its metadata, and its tests beside NumPy alone
	$(PYTEST) -m "$(call MARKED,slow)" tests/lossutils/test_wheel.py

.PHONY: reproduce
reproduce: installed  ## every number the five documents print, against TensorFlow and NumPy
	$(PY) -m tools.reproduce

.PHONY: nbval
nbval: installed  ## strict nbval: every stored output against a fresh run; make test repeats none in vain
	$(NBVAL) --for-build $(if $(IN_TURN),--only-changed)

.PHONY: plain
plain: installed  ## the visible cells of every page run where lossutils is missing; in make test, a twelfth
	$(PY) -m tools.plain _build/plain
	@# All of them use only names that they define.
	$(PY) -m ruff check --isolated --select F821 _build/plain/book
	PYTHONPATH="$(CURDIR)/_build/plain/absent" $(PYTEST) --nbval --dist loadfile \
		$(if $(IN_TURN),-m "not proof") --nbval-sanitize-with=_build/plain/sizes.cfg _build/plain/book

.PHONY: two-chapters
two-chapters: installed  ## strict nbval over two chapters
	$(PYTEST) --nbval book/softmax.ipynb book/regression-losses.ipynb --dist loadfile

.PHONY: variants
variants: installed  ## the stored outputs again: one and two threads, oneDNN on and off
	TF_NUM_INTRAOP_THREADS=1 TF_NUM_INTEROP_THREADS=1 $(NBVAL)
	TF_NUM_INTRAOP_THREADS=1 TF_NUM_INTEROP_THREADS=1 TF_ENABLE_ONEDNN_OPTS=1 $(NBVAL)
	TF_NUM_INTRAOP_THREADS=2 TF_NUM_INTEROP_THREADS=2 TF_ENABLE_ONEDNN_OPTS=1 $(NBVAL)

.PHONY: links
links: $(SITE)/built  ## no internal link of the built book is broken
	$(PY) -m website.links $(SITE)

.PHONY: browser
browser: $(SITE)/built  ## the built book in a browser: pages, search, explorers, live cells, a11y, weight, PDF
	$(PYTEST) -m "$(call MARKED,slow)" --dist loadfile tests/website tests/book

.PHONY: a11y
a11y: $(SITE)/built  ## of these, only: each page whole, accessible and light; keyboard, quizzes
	$(PYTEST) -m "$(call MARKED,slow)" --dist loadfile \
		$(addprefix tests/website/test_,site.py accessibility.py site_weight.py)

.PHONY: explorers
explorers: $(SITE)/built  ## of these, only: what explorers compute and how they are used
	$(PYTEST) -m "$(call MARKED,slow)" --dist loadfile \
		$(addprefix tests/book/test_,explorers.py explorer_truths.py dragging.py buttons.py)

.PHONY: test-pdf
test-pdf: $(SITE)/built  ## of these, only: the PDF against the pages and the notebooks
	$(PYTEST) -m "$(call MARKED,slow)" --dist loadfile tests/website/test_pdf.py

.PHONY: mutation
mutation: installed  ## mutation tests: plant errors, each of which a check must notice
	$(PYTEST) -m "$(call MARKED,slow)" --dist loadgroup tests/tools/test_mutation.py

.PHONY: mutation-sample
mutation-sample: installed  ## a larger random sample of mutations: how many are caught, per kind
	$(PY) -m tools.mutation.sample

.PHONY: accuracy
accuracy: installed  ## how many digits each loss keeps, here and in other libraries, against mpmath
	$(PY) -m tools.bench.accuracy

# PyTorch without CUDA comes from PyTorch's own index, which other_libraries.txt names. pip goes on
# where it cannot reach one of several indexes; uv would stop.
.PHONY: other-libraries
other-libraries: installed  ## the calls on All losses, with PyTorch and Optax in an environment of their own (weekly)
	$(PY) -m venv --clear .venv-other-libraries
	$(OTHER_PY) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(OTHER_PY) -m pip install --quiet --disable-pip-version-check \
		-r tests/lossutils/other_libraries.txt
	$(OTHER_PY) -c "import optax, torch"
	PYTHONPATH="$(CURDIR)" $(OTHER_PY) -m pytest -q -rs -k "pytorch or optax" \
		$(addprefix tests/lossutils/test_,$(addsuffix .py,pytorch_and_optax ctc embeddings))

.PHONY: bench-diagnosis
bench-diagnosis: installed  ## how well diagnose does on real programs, and its cost (WRITE=1 stores both)
	$(PY) -m tools.bench.programs --onednn 1 $(if $(WRITE),--store)
	$(PY) -m tools.bench.programs --markdown $(if $(WRITE),--store)
	$(if $(WRITE),$(PY) -m tools.bench.programs.page)
	$(PY) -m tools.bench.programs.cost $(if $(WRITE),--write)

.PHONY: bench
bench: installed grader-envs  ## how long checks, build, explorers, pages and grading take
	$(PY) -m tools.bench.checks $(if $(WRITE),--write) $(CHECKS)
	$(PY) -m tools.bench
	$(PY) -m tools.bench.explorers $(if $(WRITE),--write)
	$(PY) -m tools.bench.pages
	$(PY) -m tools.bench.diagnosis
	$(PY) -m tools.bench.similarity
	$(GRADER_PY) -m tools.bench.grading

.PHONY: classroom
classroom: installed grader-envs $(if $(JUPYTERHUB),hub-env)  ## the grader: hostile submissions, faults, the whole way from release to export
	@# Without Slurm, its tests say that they did not run.
	$(if $(SLURM),-@$(GRADER_PY) -m tools.slurm --install)
	$(PYTEST) -m "$(call MARKED,classroom)" $(if $(CONTAINERS),--ignore=tests/grader/test_container.py) tests/grader

.PHONY: containers
containers: installed grader-envs  ## the same in containers of rootless Podman; as root, with a user made for it
	@.ci/container-tests "$(or $(REPORTS),_build/checks)/containers.xml"

.PHONY: bench-classroom
bench-classroom: grader-envs  ## of these, only: submissions per minute, sandbox and engine
	$(GRADER_PY) -m tools.bench.grading

##@ Teach
.PHONY: assignments
assignments: installed  ## derive the assignments into _build/assignments, and check what their sources declare
	$(PY) -m grader.source.audit --into _build/assignments

.PHONY: grader-envs
grader-envs: $(GRADER_ENVS)  ## make the grader's environment and those of students' code

.PHONY: grader-command
grader-command: grader-envs  ## link the command grader into ~/.local/bin, to use it anywhere (another folder: LINKS=)
	@mkdir -p $(call Q,$(or $(LINKS),$(HOME)/.local/bin))
	@ln -sfn $(call Q,$(CURDIR)/.venv-grader/bin/grader) $(call Q,$(or $(LINKS),$(HOME)/.local/bin)/grader)
	@echo grader is in $(call Q,$(or $(LINKS),$(HOME)/.local/bin))"; try: grader --help"
	@case ":$$PATH:" in *:$(call Q,$(or $(LINKS),$(HOME)/.local/bin)):*) ;; *) echo "This folder is \
not on your PATH. Add it: put this line into ~/.profile, and log in again:"; \
		echo '  export PATH="$$PATH:'$(call Q,$(or $(LINKS),$(HOME)/.local/bin))'"' ;; esac

.PHONY: new-course
new-course: grader-envs  ## make a course folder with its settings: C=FOLDER TITLE="My course"
	@$(TEACH) new-course --course $(call Q,$(C)) $(if $(TITLE),--title $(call Q,$(TITLE)))

.PHONY: new-assignment
new-assignment: grader-envs  ## write an assignment of your own, to be changed in JupyterLab: NAME=quantiles C=FOLDER
	@$(TEACH) new-assignment $(call Q,$(NAME)) --course $(call Q,$(C)) $(if $(SOURCE),--from $(call Q,$(SOURCE)))

.PHONY: audit
audit: grader-envs  ## check an assignment before it is released, one sentence per problem: A=quantiles C=FOLDER
	@$(TEACH) audit $(OF_ASSIGNMENT) --course $(call Q,$(C))

.PHONY: release
release: grader-envs  ## audit, and write what the students get: A=softmax, and C=FOLDER; NEW=1 for a new round
	@$(TEACH) release $(OF_ASSIGNMENT) --course $(call Q,$(C)) $(if $(NEW),--new-round)

.PHONY: collect
collect: grader-envs  ## take over what they handed in: A=softmax FROM=moodle.zip WHEN=2026-11-30T23:59:00+01:00
	@$(TEACH) collect $(OF_ASSIGNMENT) $(if $(FROM),$(call Q,$(FROM))) --course $(call Q,$(C)) $(OF_ROUND) $(if $(WHEN),--when $(call Q,$(WHEN)))

.PHONY: grade
grade: grader-envs  ## grade what has no result yet, and go on after a stop: A=softmax JOBS=2; AGAIN=1 for everything
	@$(TEACH) grade $(OF_ASSIGNMENT) --course $(call Q,$(C)) $(OF_ROUND) $(if $(JOBS),--jobs $(call Q,$(JOBS))) $(if $(AGAIN),--again)

.PHONY: regrade
regrade: grader-envs  ## whose points a corrected source changes, and why: A=softmax SOURCE=FILE STUDENT= QUESTION=; YES=1 writes
	@$(TEACH) regrade $(OF_ASSIGNMENT) --course $(call Q,$(C)) $(OF_ROUND) $(if $(JOBS),--jobs $(call Q,$(JOBS))) \
		$(if $(SOURCE),--source $(call Q,$(SOURCE))) $(if $(STUDENT),--student $(call Q,$(STUDENT))) \
		$(if $(QUESTION),--question $(call Q,$(QUESTION))) $(if $(YES),--write)

.PHONY: manual-grading
manual-grading: grader-envs  ## grade free text in a browser, on this machine: A=softmax GRADER=Ada PORT=8001
	@$(TEACH) manual-grading $(OF_ASSIGNMENT) --course $(call Q,$(C)) $(OF_ROUND) \
		$(if $(GRADER),--grader $(call Q,$(GRADER))) $(if $(filter-out file default undefined,$(origin PORT)),--port $(call Q,$(PORT)))

.PHONY: feedback
feedback: grader-envs  ## write a page for each student: A=softmax ROUND=1; TO=moodle or canvas: also a zip file to upload
	@$(TEACH) feedback $(OF_ASSIGNMENT) --course $(call Q,$(C)) $(OF_ROUND) $(if $(TO),--to $(call Q,$(TO)))

.PHONY: export
export: grader-envs  ## write the points as CSV: A=softmax TO=canvas, moodle or plain; INTO=FILE of the LMS, SCALE=1, COMMENTS=COLUMN
	@$(TEACH) export $(OF_ASSIGNMENT) --course $(call Q,$(C)) $(OF_ROUND) --to $(call Q,$(or $(TO),plain)) \
		$(if $(INTO),--into $(call Q,$(INTO))) $(if $(TITLE),--title $(call Q,$(TITLE))) $(if $(SCALE),--scale) \
		$(if $(COMMENTS),--comments $(call Q,$(COMMENTS)))

.PHONY: summary
summary: grader-envs  ## show how the class did, and write a page: A=softmax ROUND=1; HIDE=1 without names
	@$(TEACH) summary $(OF_ASSIGNMENT) --course $(call Q,$(C)) $(OF_ROUND) $(if $(HIDE),--hide-names)

.PHONY: hub
hub: hub-env  ## start a JupyterHub with nbgrader's exchange, for this machine: HUB=../hub STUDENTS="ada eve" ACCOUNTS=1 PORT=8000
	@$(HUB_PY) -m grader.hub $(call Q,$(or $(HUB),_build/hub)) --students $(or $(STUDENTS),ada eve) --port $(PORT) $(if $(ACCOUNTS),--accounts)

.PHONY: hub-env
hub-env: .venv-hub/installed  ## make the environment of that JupyterHub, with its proxy (needs npm)

.PHONY: e2e-grading
e2e-grading: grader-envs  ## all of these with 200 made-up students whose points are known: N=10000 KILLS=5
	$(GRADER_PY) -m tools.e2e_grading --students $(or $(N),200) --kills $(or $(KILLS),0)

.PHONY: e2e-slurm
e2e-slurm: grader-envs  ## the same with 1,000, on a Slurm that it installs (as root) and runs on this machine
	@$(GRADER_PY) -m tools.slurm --install
	$(GRADER_PY) -m tools.e2e_grading --students $(or $(N),1000) --jobs $(or $(JOBS),2) --slurm

##@ Work on it
.PHONY: install
install: $(VENV)/installed  ## make .venv with the pinned versions and lossutils

.PHONY: toolchain
toolchain: installed  ## fetch Chromium, bubblewrap and npm into .tools where the system has none
	@$(PY) -m tools.toolchain

.PHONY: format
format: installed  ## bring code and notebooks in their canonical form
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .
	$(PY) -m tools.notebooks format

.PHONY: requirements
requirements: COMPILE = $(PY) -m uv pip compile --upgrade --universal --python-version 3.11 \
	--fork-strategy fewest --no-header --no-annotate
requirements: PINNED = grader/requirements
requirements: installed  ## choose the versions anew: requirements.txt from requirements.in
	$(COMPILE) -o requirements.txt requirements.in
	@# Students' code runs with the versions of the book, and the grader computes with the same
	@# NumPy; what else the grader needs, Snakemake chooses.
	$(COMPILE) -c requirements.txt -o $(PINNED)/kernel.txt $(PINNED)/kernel.in
	$(COMPILE) -c requirements.txt -o $(PINNED)/kernel-tensorflow.txt $(PINNED)/kernel-tensorflow.in
	$(COMPILE) -c $(PINNED)/kernel.txt -o $(PINNED)/grader.txt $(PINNED)/grader.in
	$(COMPILE) -o $(PINNED)/hub.txt $(PINNED)/hub.in

.PHONY: clean
clean:  ## remove what was built; what was installed stays
	rm -rf _build

.PHONY: help
help:
	@echo "Usage: make TARGET"
	@awk 'BEGIN {FS = ":.*##"} /^##@/ {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z0-9-]+:.*##/ {printf "  %-14s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

# What the targets above stand on.
.PHONY: installed
installed:
	@test -f $(VENV)/installed || { echo "error: nothing is installed yet; run: make install" >&2; exit 1; }
	@test -z "$$(find requirements.txt pyproject.toml -newer $(VENV)/installed)" || \
		{ echo "error: the pinned versions changed since the last install; run: make install" >&2; exit 1; }

$(VENV)/installed: requirements.txt pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "error: there is no program $(PYTHON); install Python \
3.11, 3.12 or 3.13 and name it, for example: make book PYTHON=python3.11" >&2; exit 1; }
	@$(PYTHON) tools/check_python.py
	$(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check $$(grep '^uv==' requirements.txt)
	$(PY) -m uv pip install --compile-bytecode -r requirements.txt
	$(PY) -m uv pip install --quiet --no-deps -e .
	@touch $@

# The grader, and where students' code runs: slim, pinned, bytecode compiled once and for all, since
# a sandbox cannot keep what it compiles.
.venv-grader/installed: grader/pyproject.toml
.venv-hub/installed: grader/hub/proxy/package-lock.json
.venv-%/installed: grader/requirements/%.txt | installed
	$(PY) -m uv venv --quiet --clear --python $(PY) .venv-$*
	$(PY) -m uv pip install --quiet --compile-bytecode --python .venv-$* -r $<
	@# The command `grader`, which works from any folder, with lossutils, whose values it expects.
	@case $* in grader) $(PY) -m uv pip install --quiet --no-deps --python .venv-$* -e grader -e .;; esac
	@# Headers, with which nothing is compiled in a sandbox, are a fifth of TensorFlow.
	@case $* in *tensorflow) rm -rf .venv-$*/lib/python3.*/site-packages/tensorflow/include;; esac
	@# Looking for fonts takes seconds, and a sandbox could not keep what it found.
	@case $* in kernel*) MPLCONFIGDIR=$$(echo .venv-$*/lib/python3.*/site-packages)/matplotlib_fonts \
		.venv-$*/bin/python -c "import matplotlib.font_manager";; esac
	@case $* in hub) cp grader/hub/proxy/package*.json .venv-$*/ && \
		PATH="$$PATH:$(CURDIR)/.tools/bin" npm ci --prefix .venv-$* --no-audit --no-fund --silent && \
		ln -sf ../node_modules/.bin/configurable-http-proxy .venv-$*/bin/;; esac
	@touch $@

# Pages name the addresses of the repository and of the site, see website/extension/addresses.py.
ADDRESSES := $(GITHUB_SERVER_URL)/$(GITHUB_REPOSITORY)/$(GITHUB_SHA) $(BOOK_URL)
_build/addresses: always
	@mkdir -p _build
	@echo "$(ADDRESSES)" | cmp -s - $@ || echo "$(ADDRESSES)" > $@
always:

ON_EVERY_PAGE := book/assets/% website/% tools/execute.py tools/fingerprint.py lossutils/book/explorers/% CITATION.cff
$(SITE)/built: $(VENV)/installed $(SOURCES) _build/addresses
	$(PY) -m tools.execute
	@# A build that failed is forgotten: the next one would not repeat the warnings of its pages.
	@# Sphinx looks at the text of pages only: other changes concern every page.
	$(BIN)/jupyter-book build . -W -n --keep-going $(if $(filter $(ON_EVERY_PAGE),$?),--all) || \
		{ rm -rf _build/.doctrees $(SITE); exit 1; }
	@touch $@
