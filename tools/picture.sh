#!/bin/sh
# Workbooks as pictures, to be looked at: picture.sh FOLDER FILE… renders every page of each file with LibreOffice into FOLDER
# (<name>-<page>.png). Needs soffice and pdftoppm (Debian: libreoffice-calc, poppler-utils).
set -eu
folder=$1
shift
for program in soffice pdftoppm; do
    command -v "$program" >/dev/null 2>&1 || { echo "$program tidak ditemukan; pasang LibreOffice dan poppler-utils" >&2; exit 1; }
done
mkdir -p "$folder"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for file in "$@"; do
    name=$(basename "$file")
    soffice "-env:UserInstallation=file://$work/profile" --headless --convert-to pdf --outdir "$work" "$file" >/dev/null
    pdftoppm -r "${RESOLUTION:-70}" -png "$work/${name%.*}.pdf" "$folder/${name%.*}"
done
ls "$folder"
