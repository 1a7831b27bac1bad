"""webdataset, decoding what it decodes by itself: JSON and text."""

import importlib.metadata

import webdataset
from rows import answer


def stream(files):
    for sample in webdataset.WebDataset(files, shardshuffle=False).decode():
        yield {name: value for name, value in sample.items() if name == "__key__" or not name.startswith("__")}


answer(importlib.metadata.version("webdataset"), {"webdataset": stream})
