"""What the readers have in common: cells as JSON can hold them, and one answer on standard output."""

import datetime
import hashlib
import json
import math
import sys


def cell(value):
    """Bytes by their SHA-256, absent numbers as null, objects without what is absent, everything else as it is."""
    if isinstance(value, dict):
        return row(value)
    if isinstance(value, list):
        return [cell(item) for item in value]
    if isinstance(value, (bytes, bytearray, memoryview)):
        return hashlib.sha256(bytes(value)).hexdigest()
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, datetime.time):
        return value.isoformat(timespec="milliseconds")
    if hasattr(value, "item") and not isinstance(value, str):
        return cell(value.item())
    return value


def row(values):
    """A row without what is absent."""
    cells = {name: cell(value) for name, value in values.items()}
    return {name: value for name, value in cells.items() if value is not None}


def answer(version, read):
    """Reads the files that the command line names after their kind and prints the rows."""
    kind, *files = sys.argv[1:]
    rows = [row(values) for values in read[kind](files)]
    json.dump({"version": version, "rows": rows}, sys.stdout)
