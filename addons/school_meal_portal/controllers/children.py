from datetime import timedelta

from werkzeug.exceptions import NotFound

from odoo import _, fields, http
from odoo.exceptions import AccessError, MissingError
from odoo.http import content_disposition, request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.school_meal_base.domain import statement_periods
from odoo.addons.school_meal_base.domain.money import format_rubles
from odoo.addons.school_meal_base.domain.receipt_text import dish_text

from ..const import CHILDREN_URL

DEFAULT_PRESET = statement_periods.TWO_WEEKS

#: Longest period of one page: some hundreds of days with a receipt each.
DAYS_AT_ONCE = 366


class ChildrenPortal(CustomerPortal):
    """Balances and statements. Every record is read with the visitor's own rights."""

    # === PAGES === #

    def _prepare_home_portal_values(self, counters):
        """Override of `portal`: the page asks without counters; what counters are asked
        for goes to the browser as it is, and one it does not know stops its script."""
        values = super()._prepare_home_portal_values(counters)
        if not counters:
            values["meal_students"] = request.env.user._get_portal_students()
        return values

    @http.route(CHILDREN_URL, type="http", auth="user", methods=["GET"], website=True)
    def children(self, **kwargs):
        values = self._prepare_children_values()
        return request.render("school_meal_portal.children", values)

    @http.route(
        f"{CHILDREN_URL}/<int:student_id>/statement",
        type="http", auth="user", methods=["GET"], website=True,
    )  # fmt: skip
    def statement(self, student_id, **kwargs):
        student, account = self._get_student(student_id)
        period, error = self._get_period(student, kwargs)
        receipts = self._wants_receipts(kwargs)
        values = self._prepare_statement_values(student, account, period, receipts)
        values.update(error=error, preset=kwargs.get("preset") or (
            "" if kwargs.get("date_from") else DEFAULT_PRESET))  # fmt: skip
        return request.render("school_meal_portal.statement", values)

    @http.route(
        f"{CHILDREN_URL}/<int:student_id>/statement.pdf",
        type="http", auth="user", methods=["GET"], website=True,
    )  # fmt: skip
    def statement_pdf(self, student_id, **kwargs):
        student, account = self._get_student(student_id)
        period, __ = self._get_period(student, kwargs)
        receipts = self._wants_receipts(kwargs)
        content = request.env["meal.statement"]._render_pdf(
            account, *period, receipts=receipts,
            purchases_only=request.env.user._hides_debt(),
        )  # fmt: skip
        name = f"statement-{account.number}-{period.date_to}.pdf"
        headers = [
            ("Content-Type", "application/pdf"),
            ("Content-Disposition", content_disposition(name, "inline")),
            ("Cache-Control", "private, no-store"),
        ]
        return request.make_response(content, headers)

    # === WHAT CORE OFFERS TO CUSTOMERS AND A PUPIL MUST NOT USE === #

    @http.route()
    def account(self, **kwargs):
        """Override of `portal`: a student's name is the school's record."""
        if request.env.user._get_own_student_id():
            return request.redirect(CHILDREN_URL)
        return super().account(**kwargs)

    @http.route()
    def my_addresses(self, **kwargs):
        """Override of `portal`, as above."""
        if request.env.user._get_own_student_id():
            return request.redirect(CHILDREN_URL)
        return super().my_addresses(**kwargs)

    @http.route()
    def portal_address(self, **kwargs):
        """Override of `portal`, as above."""
        if request.env.user._get_own_student_id():
            return request.redirect(CHILDREN_URL)
        return super().portal_address(**kwargs)

    @http.route()
    def portal_address_submit(self, *args, **kwargs):
        """Override of `portal`, as above."""
        if request.env.user._get_own_student_id():
            raise NotFound()
        return super().portal_address_submit(*args, **kwargs)

    # === HELPERS === #

    def _prepare_children_values(self):
        user = request.env.user
        return {
            **self._prepare_portal_layout_values(),
            "page_name": "meal_children",
            "cards": [
                self._prepare_card(student) for student in user._get_portal_students()
            ],
            "own_login": user._get_own_student_id(),
            "may_join": not user._get_own_student_id(),
            "recovery_email": user.email,
        }

    def _prepare_card(self, student):
        account = student._get_portal_account()
        balance = account and account._get_shown_balance()
        return {
            "student": student,
            "account": account,
            "balance": balance,
            "is_debt": balance and balance < 0,
            "money": format_rubles,
            "has_relatives": student._is_represented_by(request.env.user),
        }

    def _prepare_statement_values(self, student, account, period, receipts):
        statements = request.env["meal.statement"]
        statement = statements._get_statement(account, *period, receipts=receipts)
        if request.env.user._hides_debt():
            statement = statements._keep_purchases(statement)
        return {
            **self._prepare_portal_layout_values(),
            "page_name": "meal_statement",
            "student": student,
            "account": account,
            "statement": statement,
            "receipts": receipts,
            "presets": self._get_preset_labels(),
            "dish_text": dish_text,
            "money": format_rubles,
        }

    def _get_preset_labels(self):
        return [
            (statement_periods.TWO_DAYS, _("2 days")),
            (statement_periods.TWO_WEEKS, _("2 weeks")),
            (statement_periods.THIRTY_DAYS, _("30 days")),
            (statement_periods.MONTH, _("This month")),
        ]

    def _get_student(self, student_id):
        """The student and the account, if the visitor may see both; else 404, the
        same for others' children as for numbers that do not exist."""
        student = self._get_own_child(student_id)
        account = student._get_portal_account()
        if not account:
            raise NotFound()
        return student, account

    def _get_own_child(self, student_id):
        user = request.env.user
        if user._is_internal():  # in sudo: only from the list of own children
            children = user._get_portal_students()
            student = children.filtered(lambda child: child.id == student_id)
        else:
            student = request.env["school.student"].browse(student_id)
        try:
            student.check_access("read")
        except (AccessError, MissingError):
            raise NotFound() from None
        if not student:
            raise NotFound()
        return student

    def _get_period(self, student, query):
        """Period of the query and a message when it made no sense."""
        today = self._get_today(student)
        default = statement_periods.preset(DEFAULT_PRESET, today)
        try:
            if query.get("date_from"):
                period = statement_periods.typed(
                    query["date_from"], query.get("date_to"), today
                )
            else:
                period = statement_periods.preset(
                    query.get("preset") or DEFAULT_PRESET, today
                )
        except statement_periods.PeriodError:
            return default, _(
                "This period could not be read: the last two weeks are shown. Choose"
                " both dates, no more than twelve years apart."
            )
        if (period.date_to - period.date_from).days > DAYS_AT_ONCE:
            start = period.date_to - timedelta(days=DAYS_AT_ONCE)
            return period._replace(date_from=start), _(
                "A year is shown at once. For earlier purchases choose an earlier end."
            )
        return period, ""

    @staticmethod
    def _wants_receipts(query):
        """A box that is not ticked sends nothing; a page opened plainly shows all."""
        if "date_from" in query or "receipts" in query:
            return query.get("receipts") == "1"
        return True

    def _get_today(self, student):
        school = student.school_id.with_context(tz=student.school_id.tz)
        return fields.Date.context_today(school)
