from odoo import api, models
from odoo.tools import SQL

RECIPIENTS = "benefit_recipients"


class Recipients(frozenset):
    """In the context: ids of the students that a timesheet of recipients is about.

    A class, because a remote caller can send any list but never this.
    """


class MealTimesheet(models.Model):
    """The timesheet of appendix 1: recipients of free meals of a class and month."""

    _inherit = "meal.timesheet"

    def _get_students(self):
        """Override of `school_meal_day`: only recipients, where these are asked for."""
        students, class_name = super()._get_students()
        wanted = self.env.context.get(RECIPIENTS)
        if isinstance(wanted, Recipients):
            students = [student for student in students if student.id in wanted]
        return students, class_name

    @api.model
    def _get_recipient_contents(self, classes, month, category=None):
        """Return contents of attendance sheets of the recipients of some classes.

        :param category: benefit.category whose code counts; empty: any free meal
        """
        last = self.new({"month": month})._get_last_day()
        recipients = self._find_recipients(classes.school_id, month, last, category)
        contents = []
        for school_class in classes:
            sheet = self.new(
                {"kind": "attendance", "class_id": school_class.id, "month": month}
            )
            content = sheet.with_context(
                **{RECIPIENTS: Recipients(recipients)}
            )._compute_content()
            if content["rows"]:
                name = category.name if category else ""
                content["calculation"] = name or "бесплатное горячее питание"
                contents.append(content)
        return contents

    def _find_recipients(self, schools, first, last, category):
        self.env["benefit.entitlement"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT student_id FROM benefit_entitlement
                 WHERE company_id = ANY(%s) AND NOT is_void AND kind = 'meals'
                   AND date_from <= %s AND date_end >= %s AND (%s OR code = %s)
                """,
                schools.company_id.ids,
                last,
                first,
                not category,
                category.code if category else "",
            )
        )
        return [student for (student,) in rows]
