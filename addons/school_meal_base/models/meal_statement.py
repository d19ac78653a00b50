from pytz import timezone, utc

from odoo import api, fields, models
from odoo.tools import SQL

from ..const import MOVING_PHASES
from ..report import statement_pdf, statement_xlsx


class MealStatement(models.AbstractModel):
    """Statement of an account (отчёт по лицевому счёту) for any period.

    Amounts are integer kopecks, dates and times are the school's local ones. Reading
    costs two index scans of the account's own transfers, however many others there are.
    """

    _name = "meal.statement"
    _description = "Account Statement"

    @api.model
    def _get_statement(self, account, date_from, date_to, receipts=True):
        """Return what happened on an account between two days, both included.

        :param account: one `meal.account`; reading it must be allowed to the user
        :param bool receipts: whether dishes of the receipts are wanted
        :return: dict with `account`, `date_from`, `date_to`, `opening`, `closing`,
            `debit`, `credit` and `lines`, each line a dict with `at`, `date`, `title`,
            `debit`, `credit`, `transfer_id` and `receipt` (None, or a dict with `name`
            and `lines` of `name`, `qty`, `weight`, `price`, `amount`)
        """
        account.ensure_one()
        account.check_access("read")
        opening = self._get_opening(account, date_from)
        rows = self._get_rows(account, date_from, date_to)
        # sudo: who may read the account may read what happened on it, and the names
        # of the goods, though neither transfers nor till orders are open to parents.
        transfers = self.env["meal.transfer"].sudo().browse(row[0] for row in rows)
        titles = self._get_titles(transfers)
        details = self._get_receipts(transfers) if receipts else {}
        zone = timezone(account.sudo().school_id.tz or "Europe/Moscow")
        lines = [
            {
                "at": utc.localize(at).astimezone(zone).replace(tzinfo=None),
                "date": day,
                "title": titles[transfer_id],
                "debit": debit,
                "credit": credit,
                "transfer_id": transfer_id,
                "receipt": details.get(transfer_id),
            }
            for transfer_id, at, day, debit, credit in rows
        ]
        debit, credit = (sum(ln[side] for ln in lines) for side in ("debit", "credit"))
        return {
            "account": account,
            "date_from": date_from,
            "date_to": date_to,
            "opening": opening,
            "closing": opening + credit - debit,
            "debit": debit,
            "credit": credit,
            "lines": lines,
        }

    @api.model
    def _render_pdf(
        self, account, date_from, date_to, receipts=True, purchases_only=False
    ):
        """Return the printed statement as bytes."""
        statement = self._get_statement(account, date_from, date_to, receipts)
        if purchases_only:
            statement = self._keep_purchases(statement)
        return statement_pdf.render(statement, self._get_owner(account))

    @api.model
    def _keep_purchases(self, statement):
        """Return a statement without balances and money put on the account: who reads
        both sides can work out a debt."""
        lines = [line for line in statement["lines"] if line["debit"]]
        hidden = dict.fromkeys(("opening", "closing", "credit"))
        return {**statement, **hidden, "lines": lines}

    @api.model
    def _render_xlsx(self, account, date_from, date_to, receipts=True):
        """Return the statement as a workbook, in bytes."""
        statement = self._get_statement(account, date_from, date_to, receipts)
        return statement_xlsx.render(statement, self._get_owner(account))

    @api.model
    def _get_owner(self, account):
        """Return the texts of a statement's head (see report/statement_pdf.py)."""
        # sudo: the names on one's own statement, though the school is not readable
        account = account.sudo()
        student, school = account.student_id, account.school_id
        now = fields.Datetime.context_timestamp(
            account.with_context(tz=school.tz or "Europe/Moscow"), fields.Datetime.now()
        )
        return {
            "student": student.name or account.name or "",
            "school": school.name or account.company_id.name,
            "class": student.class_id.name or "",
            "number": account.display_name,
            "printed_at": f"{now:%d.%m.%Y %H:%M}",
        }

    # === HOOKS === #

    @api.model
    def _get_titles(self, transfers):
        """Return {transfer id: title}, as the account's owner should read it.

        :param transfers: `meal.transfer` records in sudo
        """
        _ = self.env._
        titles = {
            "sale": _("Purchase"),
            "refund": _("Refund"),
            "topup": _("Top-up"),
            "meal": _("Timesheet: set meal"),
            "subsidy": _("Subsidy"),
            "card_fee": _("Meal card"),
            "sibling": _("Transfer between siblings' accounts"),
            "payout": _("Payout to the family"),
            "writeoff": _("Write-off"),
            "adjustment": _("Correction"),
        }
        return {each.id: titles.get(each.kind, each.kind) for each in transfers}

    @api.model
    def _get_receipts(self, transfers):
        """Return {transfer id: receipt} for transfers that have one.

        The till overrides this; a receipt is a dict with `name` and `lines`, each line
        with `name`, `qty`, `weight` (text or empty), `price` and `amount` (kopecks).

        :param transfers: `meal.transfer` records in sudo
        """
        return {}

    # === READING === #

    @api.model
    def _get_opening(self, account, date_from):
        """Balance in kopecks at the beginning of a day, from the transfers alone."""
        [(kopecks,)] = self.env.execute_query(
            SQL(
                """
                SELECT (100 * (
                    COALESCE((SELECT SUM(amount) FROM meal_transfer
                               WHERE credit_account_id = %(account)s
                                 AND business_date < %(day)s
                                 AND phase IN %(moving)s), 0)
                  - COALESCE((SELECT SUM(amount) FROM meal_transfer
                               WHERE debit_account_id = %(account)s
                                 AND business_date < %(day)s
                                 AND phase IN %(moving)s), 0)
                ))::bigint
                """,
                account=account.id,
                day=date_from,
                moving=MOVING_PHASES,
            )
        )
        return kopecks

    @api.model
    def _get_rows(self, account, date_from, date_to):
        """Rows (id, UTC time, day, debit, credit) of the period in order of time."""
        return self.env.execute_query(
            SQL(
                """
                SELECT id, occurred_at, business_date,
                       (amount * 100)::bigint AS debit, 0::bigint AS credit
                  FROM meal_transfer
                 WHERE debit_account_id = %(account)s AND phase IN %(moving)s
                   AND business_date BETWEEN %(date_from)s AND %(date_to)s
                 UNION ALL
                SELECT id, occurred_at, business_date,
                       0::bigint AS debit, (amount * 100)::bigint AS credit
                  FROM meal_transfer
                 WHERE credit_account_id = %(account)s AND phase IN %(moving)s
                   AND business_date BETWEEN %(date_from)s AND %(date_to)s
                 ORDER BY business_date, occurred_at, id
                """,
                account=account.id,
                moving=MOVING_PHASES,
                date_from=date_from,
                date_to=date_to,
            )
        )
