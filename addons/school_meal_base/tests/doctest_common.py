"""Runs the examples in the docstrings of an add-on's rules."""

import doctest
import importlib
import pkgutil


def check_examples(case, package):
    """Let a test fail where an example of a module of the package does not hold."""
    attempted = 0
    for module_info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{module_info.name}")
        with case.subTest(module=module_info.name):
            result = doctest.testmod(module)
            attempted += result.attempted
            case.assertFalse(result.failed)
    case.assertGreater(attempted, 0)
