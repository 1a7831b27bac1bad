"""pyarrow: Parquet and JSON lines as Arrow tables."""

import pyarrow
import pyarrow.json
import pyarrow.parquet
from rows import answer


def parquet(files):
    for file in files:
        yield from pyarrow.parquet.read_table(file).to_pylist()


def jsonl(files):
    for file in files:
        yield from pyarrow.json.read_json(file).to_pylist()


answer(pyarrow.__version__, {"parquet": parquet, "jsonl": jsonl})
