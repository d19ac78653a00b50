from odoo.tests import BaseCase, tagged

from odoo.addons.school_attendance import domain
from odoo.addons.school_meal_base.tests.doctest_common import check_examples


@tagged("post_install", "-at_install")
class TestDoctests(BaseCase):
    def test_examples_in_the_domain_modules_hold(self):
        check_examples(self, domain)
