"""DuckDB: SQL straight over the files."""

import duckdb
from rows import answer


def query(function):
    def read(files):
        for file in files:
            result = duckdb.execute(f"select * from {function}(?)", [file])
            names = [column[0] for column in result.description]
            yield from (dict(zip(names, values)) for values in result.fetchall())

    return read


answer(duckdb.__version__, {"parquet": query("read_parquet"), "jsonl": query("read_json_auto")})
