"""The small world with its general ledger set up."""

from datetime import date
from itertools import count

from .common import SchoolMealCase

MONDAY, TUESDAY, WEDNESDAY = date(2026, 9, 14), date(2026, 9, 15), date(2026, 9, 16)


class GeneralLedgerCase(SchoolMealCase):
    _operations = count(1)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["meal.ledger.setup"]._setup_company(cls.city)
        cls.posting = cls.env["meal.posting"]
        cls.control = cls.city.meal_control_account_id
        cls.mappings = {
            mapping.kind: mapping.account_id
            for mapping in cls.env["meal.gl.mapping"].search(
                [("company_id", "=", cls.city.id)]
            )
        }

    @classmethod
    def _uuid(cls):
        return f"gl-{next(cls._operations)}"

    def _pay_in(self, kopecks, day=MONDAY, account=None, **meta):
        return self.ledger._top_up(
            account or self.account,
            kopecks,
            uuid=self._uuid(),
            debit=self.transit,
            business_date=day,
            **meta,
        )

    def _buy(self, kopecks, day=MONDAY, account=None, **meta):
        return self.ledger._charge(
            account or self.account,
            kopecks,
            uuid=self._uuid(),
            business_date=day,
            **meta,
        )

    def _post(self, company=None, date_to=WEDNESDAY):
        return self.posting._post_pending(company or self.city, date_to)

    def _turnover(self, account, company=None):
        """:return: (debit, credit) of posted entries on an account"""
        lines = self.env["account.move.line"].search(
            [
                ("account_id", "=", account.id),
                ("company_id", "=", (company or self.city).id),
                ("parent_state", "=", "posted"),
            ]
        )
        return (
            round(sum(lines.mapped("debit")), 2),
            round(sum(lines.mapped("credit")), 2),
        )
