import doctest
import importlib
import pkgutil

from odoo.tests import BaseCase, tagged

from odoo.addons.school_meal_day import domain


@tagged("post_install", "-at_install")
class TestDoctests(BaseCase):
    def test_examples_in_the_domain_modules_hold(self):
        attempted = 0
        for module_info in pkgutil.iter_modules(domain.__path__):
            module = importlib.import_module(f"{domain.__name__}.{module_info.name}")
            with self.subTest(module=module_info.name):
                result = doctest.testmod(module)
                attempted += result.attempted
                self.assertFalse(result.failed)
        self.assertGreater(attempted, 0)
