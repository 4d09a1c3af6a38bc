#!/bin/sh
# Make (or mend) the virtual environment: setup.sh VENV REQUIREMENTS. Called by the Makefile, which keeps the stamps.
# Needs Python >= 3.11, < 3.14 with pip or ensurepip; no compiler, no git. Installs exactly what the lock's hashes allow.
set -eu
venv=$1
requirements=$2

suitable() {
    "$1" -c 'import sys; sys.exit(not ((3, 11) <= sys.version_info[:2] < (3, 14)))' >/dev/null 2>&1
}

find_python() {
    for candidate in ${PYTHON:-} python3.13 python3.12 python3.11 python3 python; do
        if command -v "$candidate" >/dev/null 2>&1 && suitable "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    echo "Python 3.11, 3.12 atau 3.13 tidak ditemukan; pasang salah satunya, atau sebut letaknya: make PYTHON=/jalur/ke/python3 run" >&2
    exit 1
}

if ! suitable "$venv/bin/python"; then
    python=$(find_python)
    echo "Penyiapan 1/3: lingkungan Python di $venv ($("$python" -V 2>&1))"
    rm -rf "$venv"
    # Debian's Python comes without ensurepip; its own pip can then install into the environment from outside.
    if ! "$python" -m venv "$venv" >/dev/null 2>&1; then
        rm -rf "$venv"
        "$python" -m venv --without-pip "$venv"
    fi
fi

if "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    pip() { "$venv/bin/python" -m pip "$@"; }
else
    outside=$(find_python)
    "$outside" -m pip --version >/dev/null 2>&1 || {
        echo "pip tidak ditemukan untuk $outside; pasang pip (Debian: apt-get install python3-pip) lalu ulangi." >&2
        exit 1
    }
    pip() { "$outside" -m pip --python "$venv/bin/python" "$@"; }
fi

echo "Penyiapan 2/3: pustaka dari $requirements (sekali saja, bisa beberapa menit)"
pip install --quiet --require-hashes -r "$requirements"

echo "Penyiapan 3/3: perintah renja dan kode siap pakai"
pip install --quiet --no-deps --no-build-isolation -e .
# Some packages carry templates that are no Python; what can be compiled is, so that no start pays for it.
"$venv/bin/python" -m compileall -q -j 0 "$venv/lib" pipelines >/dev/null 2>&1 || true
# dbt parses its project once, here; a run that finds it unchanged need not.
"$venv/bin/python" -m pipelines.warehouse.dbt_project
