"""The window where the accountant loads a file of the bank."""

import base64

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_payment_registry import PaymentCase


@tagged("post_install", "-at_install")
class TestPaymentImportWizard(PaymentCase):
    def upload(self, data, name="9715357654_40703810338000004376_640.txt", user=None):
        user = user or self.accountant
        wizards = self.by(user, self.env["meal.payment.import"])
        return wizards.with_company(user.company_id).create(
            {"file_data": base64.b64encode(data), "file_name": name}
        )

    def test_a_good_file_opens_its_checked_registry(self):
        wizard = self.upload(self.write(self.pay()))
        self.assertEqual(wizard.kind, "registry")
        self.assertEqual(wizard.channel_id, self.channel)
        action = wizard.action_load()
        self.assertEqual(action["res_model"], "meal.payment.registry")
        registry = self.registries.browse(action["res_id"])
        self.assertEqual(registry.state, "checked")
        self.assertEqual(base64.b64decode(registry.file_data), self.write(self.pay()))

    def test_the_same_file_again_leads_to_the_registry_it_became(self):
        first = self.upload(self.write(self.pay())).action_load()
        wizard = self.upload(self.write(self.pay()))
        wizard.action_load()
        self.assertEqual(wizard.state, "known")
        self.assertEqual(wizard.action_open()["res_id"], first["res_id"])

    def test_a_damaged_file_says_why_and_leaves_nothing(self):
        count = self.registries.search_count([])
        wizard = self.upload(self.write(self.pay())[:-30])
        wizard.action_load()
        self.assertEqual(wizard.state, "refused")
        self.assertIn("totals line", wizard.message)
        self.assertEqual(self.registries.search_count([]), count)
        wizard.action_again()
        self.assertEqual(wizard.state, "new")

    def test_a_statement_is_recognised_by_its_first_line(self):
        wizard = self.upload(b"1CClientBankExchange\r\n", "kl_to_1c.txt")
        self.assertEqual(wizard.kind, "statement")
        wizard.action_load()
        self.assertEqual(wizard.state, "refused")

    def test_nobody_else_loads_files(self):
        operator = self._new_user("operator_load", "group_operator", self.school)
        with self.assertRaises(AccessError):
            self.upload(self.write(self.pay()), user=operator)
