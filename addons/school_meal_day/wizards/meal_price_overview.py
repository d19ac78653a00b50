from collections import defaultdict

from markupsafe import Markup

from odoo import api, fields, models


class MealPriceOverview(models.TransientModel):
    """What a meal costs on a day in the classes of a school, and who pays."""

    _name = "meal.price.overview"
    _description = "Prices of a School"

    school_id = fields.Many2one(
        "school.school",
        required=True,
        default=lambda self: self.env["school.school"].search([], limit=1),
    )
    class_id = fields.Many2one(
        "school.class", "Class", domain="[('school_id', '=', school_id)]"
    )
    meal_type_id = fields.Many2one("meal.type", "Meal")
    date = fields.Date(required=True, default=fields.Date.context_today)
    table = fields.Html(compute="_compute_table", sanitize=False)

    @api.depends("school_id", "class_id", "meal_type_id", "date")
    def _compute_table(self):
        for overview in self:
            overview.table = overview._render_table()

    def _render_table(self):
        if not self.school_id or not self.date:
            return False
        rows = self._get_rows()
        if not rows:
            return Markup("<p>%s</p>") % self.env._("No meal has a price on this day.")
        titles = (
            self.env._("Class"),
            self.env._("Students"),
            self.env._("Category"),
            self.env._("Meal"),
            self.env._("Price"),
            self.env._("Who pays"),
        )
        head = Markup("").join(Markup("<th>%s</th>") % title for title in titles)
        body = Markup("").join(
            Markup("<tr>%s</tr>")
            % Markup("").join(Markup("<td>%s</td>") % cell for cell in row)
            for row in rows
        )
        return Markup(
            '<table class="table table-sm table-hover"><thead><tr>%s</tr></thead>'
            "<tbody>%s</tbody></table>"
        ) % (head, body)

    def _get_rows(self):
        """Return (class, students, category, meal, price, parts), one per case."""
        school_class = self.class_id
        students = self.env["school.student"].search(
            [
                ("school_id", "=", self.school_id.id),
                ("class_id", "=", school_class.id)
                if school_class
                else ("class_id", "!=", False),
            ]
        )
        pricing = self.env["meal.day"]._get_portion_pricing(
            self.school_id, self.date, students.ids
        )
        codes = set().union(*pricing.categories.values())
        categories = self.env["meal.category"].search([("code", "in", list(codes))])
        names = {category.code: category.name for category in categories}
        cases = defaultdict(list)
        for student in students:
            codes = frozenset(pricing.categories.get(student.id, ()))
            cases[student.class_id, codes].append(student)
        rows = []
        for (each, codes), members in sorted(
            cases.items(), key=lambda case: (case[0][0].grade, case[0][0].name)
        ):
            category = ", ".join(sorted(names.get(code, code) for code in codes))
            for meal in self.meal_type_id or self.env["meal.type"].search(
                [("active", "=", True)]
            ):
                row = self._get_row(pricing, members[0], meal)
                if row:
                    rows.append((each.name, len(members), category or "–", *row))
        return rows

    def _get_row(self, pricing, student, meal):
        price = pricing.get_price(_Portion(student, meal))
        if price is None:
            return None
        money = self.env["meal.statement"]._format_price
        sources = self.env["meal.funding.source"]
        parts = " + ".join(
            f"{money(kopecks / 100)} {sources.browse(source).name}"
            for source, kopecks in price.parts
        )
        return meal.name, money(price.price / 100), parts


class _Portion:
    """What `meal.day` prices: a usual set for a student."""

    age_group_id = variant_id = None

    def __init__(self, student, meal):
        self.student_id = student.id
        self.class_id = student.class_id.id
        self.meal_type_id = meal.id
