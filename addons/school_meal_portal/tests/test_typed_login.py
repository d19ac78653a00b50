import doctest

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.school_meal_base.tests import hypothesis_profile  # noqa: F401

from ..domain import typed_login


@tagged("post_install", "-at_install")
class TestTypedLogin(BaseCase):
    def test_examples_hold(self):
        result = doctest.testmod(typed_login)
        self.assertFalse(result.failed)
        self.assertTrue(result.attempted)

    @given(st.text())
    def test_the_form_of_a_form_is_itself(self, typed):
        """With it, whatever finds a user is counted as that user."""
        form = typed_login.normalise(typed)
        self.assertEqual(typed_login.normalise(form), form)
