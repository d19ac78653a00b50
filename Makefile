# School meals on Odoo 19.  `make run` serves the demo, `make test` checks everything.
PYTHON ?= python3
export PORT ODOO_SOURCE SHARDS
TOOL = PYTHONPATH=tools $(PYTHON) -m school_meal_tools

.PHONY: help setup run reset test lint format i18n bench screenshots shell stop clean clean-all

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: ## get Odoo 19, the Python packages, PostgreSQL (run and test do it too)
	@$(TOOL) setup

run: ## serve the demo on http://127.0.0.1:8069 (PORT=…)
	@$(TOOL) run

reset: ## delete the demo database; the next `make run` makes a new one
	@$(TOOL) reset

test: ## all tests and linters; ADDON=school_meal_base or K='expression' for a part
	@$(TOOL) test $(if $(ADDON),--addon '$(ADDON)') $(if $(K),-k '$(K)')

lint: ## linters only
	@$(TOOL) lint

format: ## let ruff and prettier rewrite the files
	@$(TOOL) format

i18n: ## export terms and merge them into addons/*/i18n/ru.po
	@$(TOOL) i18n $(ADDON)

bench: ## benchmarks; B=name for one
	@$(TOOL) bench $(B)

screenshots: ## renew docs/images; `make run` must serve the demo meanwhile
	@SCHOOL_MEAL_SCREENSHOTS='$(CURDIR)/docs/images' $(TOOL) test -k canteen_day
	@.venv/bin/python docs/tools/screenshots.py

shell: ## Odoo's Python prompt in the demo database
	@$(TOOL) shell

stop: ## stop what is still running
	@$(TOOL) stop

clean: ## stop, then delete .venv and .var of this checkout
	@$(TOOL) clean

clean-all: ## clean, and delete the cache shared by all checkouts
	@$(TOOL) clean-all
