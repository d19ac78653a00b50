from odoo.tests import BaseCase, tagged

from odoo.addons.school_access import channels, domain
from odoo.addons.school_meal_base.tests.doctest_common import check_examples


@tagged("post_install", "-at_install")
class TestDoctests(BaseCase):
    def test_examples_in_the_domain_modules_hold(self):
        check_examples(self, domain)

    def test_examples_in_the_channels_hold(self):
        check_examples(self, channels)
