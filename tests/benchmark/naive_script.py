"""What a person would write instead, and `make bench` competes with: pandas and openpyxl in a loop, into DuckDB, six GROUP BY."""

import re
import sys
from pathlib import Path

import duckdb
import pandas as pd


def number(value: object) -> float | None:
    """A cell as a number, as such scripts do it."""
    if isinstance(value, int | float):
        return float(value)
    try:
        return float(re.sub(r"[^0-9,.-]", "", str(value)).replace(",", ""))
    except ValueError:
        return None


def main(raw: Path, target: Path) -> None:
    frames = []
    for path in sorted(raw.rglob("*.xlsx")):
        sheet = pd.read_excel(path, header=None, engine="openpyxl")
        sheet = sheet[sheet[0].astype(str).str.match(r"^\d\.\d\d\.")]
        for column in sheet.columns[5:]:
            sheet[column] = sheet[column].map(number)
        sheet.columns = [f"c{i}" for i in range(len(sheet.columns))]
        frames.append(sheet.assign(kecamatan=path.stem, triwulan=path.parent.name, tahun=path.parent.parent.name))
    rows = pd.concat(frames)
    rows["program"] = rows["c0"].astype(str).str[:7]
    rows[[f"c{i}" for i in range(5)]] = rows[[f"c{i}" for i in range(5)]].astype(str)
    with duckdb.connect(str(target)) as connection:
        connection.execute("create or replace table form as select * from rows")
        for key in ("kecamatan", "program", "triwulan", "tahun", "kecamatan, triwulan", "program, triwulan"):
            name = re.sub(r"\W+", "_", key)
            connection.execute(f"create or replace table by_{name} as select {key}, sum(c13), sum(c16), avg(c30) from form group by {key}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
