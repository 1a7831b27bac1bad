"""pandas: Parquet and JSON lines as data frames."""

import pandas
from rows import answer


def parquet(files):
    for file in files:
        yield from pandas.read_parquet(file).to_dict("records")


def jsonl(files):
    for file in files:
        frame = pandas.read_json(file, lines=True, convert_dates=False, dtype={"YoutubeID": str, "Caption": str})
        yield from frame.to_dict("records")


answer(pandas.__version__, {"parquet": parquet, "jsonl": jsonl})
