# Thin: each target is one script. The scripts install what is missing, then call CMake.
.DEFAULT_GOAL := help
.PHONY: help run build packages test bench deep check clean

help: ## what there is (this)
	@echo 'CALM: make TARGET'
	@sed -nE 's/^([a-z]+):.*## (.*)/  \1\t\2/p' Makefile | expand -t 12

run: ## build it and start a demo license server in var/demo
	@scripts/setup build
	@scripts/build release calm_programs
	@scripts/run

build: ## build the programs (release) into build/release/bin
	@scripts/setup build
	@scripts/build release calm_programs

packages: ## make Debian packages of the release build, in build/packages
	@scripts/setup packages
	@scripts/build release calm_programs
	@scripts/packages

test: ## every test: sanitizers, fuzz targets, the programs themselves
	@scripts/setup test
	@scripts/test

bench: ## measure against Redis, nginx and PostgreSQL
	@scripts/setup bench
	@scripts/bench

deep: ## long runs: coverage, mutants, instructions a decision, ten million decisions, fuzzing
	@scripts/setup deep
	@scripts/deep

check: ## the one command before a push: format, layers, limits, texts, tidy, build, tests
	@scripts/setup test
	@scripts/check

clean: ## remove build/ (the demo in var/ stays)
	rm -rf build
