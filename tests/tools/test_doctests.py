"""The examples in docstrings of the tools and the benchmarks are true."""

import doctest
import importlib

import pytest
from school_meal_tools import paths

FOLDERS = {"school_meal_tools": paths.TOOLS, "benchmarks": paths.ROOT}
MODULES = [
    ".".join(path.relative_to(folder).with_suffix("").parts)
    for package, folder in FOLDERS.items()
    for path in sorted((folder / package).glob("*.py"))
    if ">>> " in path.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    result = doctest.testmod(importlib.import_module(name))
    assert result.attempted and not result.failed
