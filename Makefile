# Everything is made below .cache; ~/.ansible is neither read nor written.
# Needs make, git and Python 3.10 or newer. Another interpreter: make PYTHON=python3.12 TARGET

PYTHON ?= python3
RUN = @PYTHONPATH=tests PYTHONDONTWRITEBYTECODE=1 $(PYTHON) -m tools

TARGETS = demo fleet-demo test test-all test-faults test-contract lint audit docs unit models sanity integration molecule build ee rulebooks returns changelog \
  pins coverage mutate bench-check bench-estate bench-fleet bench-inventory bench-pipelines bench-rollout bench-upload soak soak-rollout

.PHONY: help clean $(TARGETS)
.DEFAULT_GOAL := help

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

demo: ## Watch a playbook take a model to cameras, against a simulator
fleet-demo: ## Look at the page of a simulated fleet, see docs/fleet.md
test: ## Run every gate on the newest and the oldest ansible-core
test-all: ## Run every gate, on each ansible-core that the Pythons here can run
test-faults: ## Every request of the collection with every fault, see docs/reliability.md
test-contract: ## What becomes of each guess about the service that is wrong
lint: ## ruff, mypy, yamllint, antsibull-changelog, ansible-lint
audit: ## pip-audit: known holes in what the tests install; part of test-all
docs: ## Every plugin's documentation, and the simulator started by its guide
unit: ## pytest, on the newest and the oldest ansible-core
models: ## Real model files in onnxruntime 1.17 and the newest; part of test-all
sanity: ## ansible-test sanity, on the newest and the oldest ansible-core
integration: ## ansible-test integration against a simulator, newest and oldest
molecule: ## The molecule scenario against a simulator
build: ## Build the tarball, install it into an empty path, run from there
ee: ## The execution environment by ansible-builder, and jobs in it by ansible-runner
rulebooks: ## ansible-rulebook with the installed collection, against a simulator; needs Java 17
coverage: ## The branches of module_utils that the unit tests take; fails under 95 %
mutate: ## Mutation testing of the six files that must not err; fails under 85 % of any
bench-check: ## Time and memory of the check of a model, beside onnx.load
bench-estate: ## Time, memory and size of an estate as a file, beside the read of the inventory, and its round trip
bench-fleet: ## The page of a fleet of 10,000 cameras in Chromium: load, interaction, size
bench-inventory: ## Time and memory of large inventories, beside other ways
bench-pipelines: ## Time, memory and requests for many devices, beside a loop of uri
soak: ## 30 minutes of releases, rollouts and reads, with 5 % of all requests at fault
soak-rollout: ## Kill a rollout of 500 devices at 20 random moments, and look at every device
bench-rollout: ## Time, memory and sizes of a rollout in five waves, beside one task
bench-upload: ## Memory and throughput of an upload, beside curl
returns: ## Write shared return values into RETURN blocks, and the lines of the contract into docs/api.md
changelog: ## Turn the fragments into CHANGELOG.md, for the version in galaxy.yml
pins: ## Resolve the packages of the gates anew, with their hashes, into tests/constraints.txt
clean: ## Remove everything that the other targets made
	rm -rf .cache

$(TARGETS):
	$(RUN) $@
