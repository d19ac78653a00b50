from odoo import api, fields, models
from odoo.exceptions import UserError


class MealMenu(models.Model):
    """What a school serves an age group (and shift) on a day."""

    _name = "meal.menu"
    _description = "Menu of the Day"
    _inherit = ["meal.approval.mixin"]
    _order = "date desc, school_id, age_group_id"
    _check_company_auto = True

    school_id = fields.Many2one(
        "school.school", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="school_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(required=True, index=True)
    age_group_id = fields.Many2one("meal.age.group", required=True)
    shift = fields.Selection(
        [("1", "First shift"), ("2", "Second shift")], help="Empty: both."
    )
    variant_id = fields.Many2one("meal.variant", "Set", check_company=True)
    cycle_id = fields.Many2one("meal.cycle", readonly=True, index="btree_not_null")
    cycle_day = fields.Integer("Day of the cycle", readonly=True, aggregator=False)
    line_ids = fields.One2many("meal.menu.line", "menu_id", "Dishes", copy=True)
    deviation_note = fields.Text("Explanation of deviations")
    cycle_note = fields.Text(
        related="cycle_id.deviation_note", string="About the cycle"
    )
    deviation_count = fields.Integer("Deviations", compute="_compute_deviations")
    summary = fields.Html(compute="_compute_deviations", sanitize=False)
    replaced_count = fields.Integer("Replaced", compute="_compute_replaced_count")
    allergen_ids = fields.Many2many(
        "school.allergen", string="Allergens", compute="_compute_allergen_ids"
    )
    allergic_note = fields.Text("Allergy warning", compute="_compute_allergic_note")

    _menu_uniq = models.UniqueIndex(
        "(school_id, date, age_group_id, COALESCE(shift, ''), COALESCE(variant_id, 0))",
        "The school already has a menu for this day, age group, shift and set.",
    )

    # === COMPUTE METHODS === #

    @api.depends("school_id", "date", "age_group_id", "shift", "variant_id")
    def _compute_display_name(self):
        for menu in self:
            parts = [
                menu.school_id.short_name,
                menu.date and menu.date.strftime("%d.%m.%Y"),
                menu.age_group_id.name,
                menu.variant_id.name,
            ]
            menu.display_name = ", ".join(part for part in parts if part)

    @api.depends("line_ids.replaced_dish_id")
    def _compute_replaced_count(self):
        for menu in self:
            menu.replaced_count = len(menu.line_ids.filtered("replaced_dish_id"))

    @api.depends(
        "school_id",
        "date",
        "age_group_id",
        "line_ids.dish_id",
        "line_ids.meal_type_id",
        "line_ids.section_id",
        "line_ids.output_g",
        "line_ids.energy_kcal",
    )
    def _compute_deviations(self):
        checker = self.env["meal.norm.check"]
        found = checker._check_menus(self)
        for menu in self:
            menu.deviation_count = len(found.get(menu, ()))
            menu.summary = False
        # A form needs one menu's table, a list only the number of each.
        if len(self) == 1:
            check = [(1, checker._describe(one)) for one in found.get(self, ())]
            self.summary = checker._render(
                self.line_ids, lambda line: 1, check, {1: ""}
            )

    @api.depends("line_ids.dish_id.allergen_ids")
    def _compute_allergen_ids(self):
        for menu in self:
            menu.allergen_ids = menu.line_ids.dish_id.allergen_ids

    @api.depends("school_id", "age_group_id", "variant_id", "allergen_ids")
    def _compute_allergic_note(self):
        for menu in self:
            counts = menu._count_allergic()
            menu.allergic_note = "\n".join(
                self.env._(
                    "%(allergen)s: %(count)s students who eat this set",
                    allergen=allergen.name,
                    count=count,
                )
                for allergen, count in counts.items()
            )

    # === ACTIONS === #

    def action_open_allergic_students(self):
        """Show who is allergic to something in the menu, to those who may know."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Students allergic to the menu"),
            "res_model": "school.student",
            "view_mode": "list,form",
            "domain": self._get_allergic_domain(),
        }

    def action_open_allergen_orders(self):
        """Show the portions of the day that need a replacement."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Allergen in the meal"),
            "res_model": "meal.order",
            "view_mode": "list,form",
            "domain": [
                ("school_id", "=", self.school_id.id),
                ("date", "=", self.date),
                ("health_check", "=", "allergen"),
            ],
        }

    # === BUSINESS METHODS === #

    def _check_approvable(self):
        for menu in self:
            if not menu.line_ids:
                raise UserError(
                    self.env._("The menu %s has no dishes.", menu.display_name)
                )

    def _get_allergen_ids(self, meal_type):
        """Return the set of ids of the allergens in a meal of these menus.

        For the serving page: compare it with the allergens of the student in front of
        the hatch. Which menu is the student's, :meth:`_find` tells. Private and
        without a check of rights: allergens of dishes are no secret.

        :param meal_type: ``meal.type``
        """
        # sudo: facts about dishes, whoever serves them
        lines = self.sudo().line_ids
        served = lines.filtered(lambda line: line.meal_type_id == meal_type)
        return set(served.dish_id.allergen_ids.ids)

    @api.model
    def _find(self, school, date):
        """Return a function that finds the menu of a portion on a day.

        ``find(age_group, variant, shift)`` takes records (the variant may be empty)
        and the shift or None; it answers with a ``meal.menu``, empty when there is
        none. A menu of the shift goes before one of both; a set without a menu of its
        own has none, it is never served the usual one by silence.
        """
        # sudo: what a school serves on a day, whoever hands it out
        menus = self.sudo().search([("school_id", "=", school.id), ("date", "=", date)])
        known = {(m.age_group_id, m.variant_id, m.shift or None): m for m in menus}

        def find(age_group, variant, shift=None):
            own = known.get((age_group.sudo(), variant.sudo(), shift or None))
            return own or known.get((age_group.sudo(), variant.sudo(), None), self)

        return find

    def _get_allergic_domain(self):
        """Students of the school and age who eat this set and are allergic to it.

        Who chooses which of the usual sets may change any day: all of them may eat it.
        """
        self.ensure_one()
        group = self.age_group_id
        # sudo: whose diet it is stays here
        diet = self.variant_id.id if self.variant_id.sudo().is_diet else False
        return [
            ("school_id", "=", self.school_id.id),
            ("state", "=", "enrolled"),
            ("class_id.grade", ">=", group.grade_from),
            ("class_id.grade", "<=", group.grade_to),
            ("diet_variant_id", "=", diet),
            ("allergen_ids", "in", self.allergen_ids.ids),
        ]

    def _count_allergic(self):
        """Return {allergen: number of students}; numbers only, for the kitchen."""
        self.ensure_one()
        if not (self.allergen_ids and self.school_id and self.age_group_id):
            return {}
        # sudo: the kitchen learns how many children, never which
        students = self.env["school.student"].sudo()
        found = students.search(self._get_allergic_domain())
        counts = {
            allergen: sum(allergen in student.allergen_ids for student in found)
            for allergen in self.allergen_ids
        }
        return {allergen: count for allergen, count in counts.items() if count}
