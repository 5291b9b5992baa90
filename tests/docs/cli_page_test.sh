#!/bin/bash
# docs/reference/cli.md says what the programs say.
exec "${CALM_SOURCE:?}/scripts/docs" --check "${CALM_BIN:?}"
