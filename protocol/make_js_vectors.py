#!/usr/bin/env python3
"""Write the golden card vectors as a JavaScript module for the browser tests."""

import json
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCE = HERE / "card_vectors.json"
TARGET = (
    HERE.parent / "addons/school_meal_pos/static/tests/unit/reader_text_vectors.data.js"
)
HEAD = "// Written by protocol/make_js_vectors.py from protocol/card_vectors.json.\n"


def as_module(vectors):
    """Return the text of the module."""
    body = json.dumps(vectors, ensure_ascii=False, indent=4)
    return f"{HEAD}export const VECTORS = {body};\n"


if __name__ == "__main__":
    TARGET.write_text(as_module(json.loads(SOURCE.read_text("utf-8"))), "utf-8")
