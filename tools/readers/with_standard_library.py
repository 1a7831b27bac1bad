"""tarfile and json."""

import json
import platform
import tarfile

from rows import answer


def webdataset(files):
    for file in files:
        sample = {}
        with tarfile.open(file) as archive:
            for member in archive:
                key, part = member.name.split(".", 1)
                if sample and sample["__key__"] != key:
                    yield sample
                    sample = {}
                sample["__key__"] = key
                data = archive.extractfile(member).read()
                sample[part] = json.loads(data) if part == "json" else data.decode() if part == "txt" else data
        if sample:
            yield sample


def jsonl(files):
    for file in files:
        with open(file, encoding="utf-8") as lines:
            yield from map(json.loads, lines)


answer(platform.python_version(), {"webdataset": webdataset, "jsonl": jsonl})
