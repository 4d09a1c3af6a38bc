#!/bin/sh
# Resolve pyproject.toml into the two locks, for every Python that we support, naming no registry. Gets uv into a
# throw-away environment where it is not installed.
# The run's lock is constrained by the tests' lock, so that both hold the same versions.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
uv=$(command -v uv) || {
    "${PYTHON:-python3}" -m venv "$work/venv"
    "$work/venv/bin/python" -m pip install --quiet uv
    uv=$work/venv/bin/uv
}
constraints=$work/constraints.txt
compile() {
    "$uv" pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
        --no-header --no-annotate --no-strip-extras -q --extra setup "$@"
}
compile --extra dev -o requirements-dev.txt
sed 's/\[[a-z,-]*\]==/==/' requirements-dev.txt > "$constraints"
compile -c "$constraints" -o requirements.txt
