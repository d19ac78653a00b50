from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..report import requirement_pdf, requirement_xlsx

#: What an empty variant, shift or class stands for in the key of a portion.
NOTHING = 0
#: Written by `_fill` only.
WORKED_OUT = frozenset({"name", "snapshot_id", "portions", "problems"})


class MealRequirement(models.Model):
    """Menu requirement (меню-требование, ОКУД 0504202) of a school's day.

    Products = portions wanted × recipes of the approved menus. ``portions`` keeps the
    portions it was worked out for: ``[[meal, age group, set, shift, number], …]``.
    """

    _name = "meal.requirement"
    _description = "Menu Requirement"
    _inherit = ["meal.approval.mixin"]
    _order = "date desc, school_id"

    name = fields.Char("Number", readonly=True, copy=False)
    school_id = fields.Many2one("school.school", required=True, ondelete="restrict")
    company_id = fields.Many2one(related="school_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(required=True)
    snapshot_id = fields.Many2one("meal.snapshot", "Portions fixed in", readonly=True)
    snapshot_kind = fields.Selection(
        related="snapshot_id.kind", string="Portions taken from"
    )
    portions = fields.Json("Portions counted", readonly=True, copy=False)
    line_ids = fields.One2many("meal.requirement.line", "requirement_id", "Products")
    portion_count = fields.Integer("Portions", compute="_compute_portion_count")
    problems = fields.Text(readonly=True, copy=False)
    changes = fields.Text(
        "Changes since",
        compute="_compute_changes",
        help="How many portions are wanted now, where that differs.",
    )
    cost = fields.Monetary(compute="_compute_cost", store=True)

    _school_date_uniq = models.Constraint(
        "UNIQUE (school_id, date)", "The school already has a requirement for the day."
    )

    # === COMPUTE METHODS === #

    @api.depends("school_id", "date")
    def _compute_display_name(self):
        for requirement in self:
            requirement.display_name = self.env._(
                "Requirement %(school)s, %(date)s",
                school=requirement.school_id.short_name or "",
                date=requirement.date.strftime("%d.%m.%Y") if requirement.date else "",
            )

    @api.depends("portions")
    def _compute_portion_count(self):
        for requirement in self:
            rows = requirement.portions or []
            requirement.portion_count = sum(row[-1] for row in rows)

    @api.depends("line_ids.cost")
    def _compute_cost(self):
        for requirement in self:
            requirement.cost = sum(requirement.line_ids.mapped("cost"))

    @api.depends("school_id", "date", "portions")
    def _compute_changes(self):
        for requirement in self:
            if not (requirement.portions and requirement.school_id):
                requirement.changes = False
                continue
            then = {tuple(row[:-1]): row[-1] for row in requirement.portions}
            _snapshot, now = requirement._get_portions()
            requirement.changes = "\n".join(
                self.env._(
                    "%(portion)s: %(now)s instead of %(then)s",
                    portion=self._name_portion(key),
                    now=now.get(key, 0),
                    then=then.get(key, 0),
                )
                for key in sorted({*then, *now})
                if now.get(key, 0) != then.get(key, 0)
            )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            vals_list = [
                {key: vals[key] for key in vals if key not in WORKED_OUT}
                for vals in vals_list
            ]
        requirements = super().create(vals_list)
        for requirement in requirements:
            requirement._fill()
        return requirements

    def write(self, vals):
        if WORKED_OUT & vals.keys() and not self.env.su:
            raise AccessError(
                self.env._("Portions are worked out from the orders, not entered.")
            )
        return super().write(vals)

    # === ACTIONS === #

    def action_recompute(self):
        """Work out the products anew from the portions wanted now."""
        self.check_access("write")
        self._check_draft()
        for requirement in self:
            requirement._fill()

    def action_print(self):
        return self._download("pdf")

    def action_xlsx(self):
        return self._download("xlsx")

    def _download(self, kind):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/school_meal/menu/requirement/{self.id}/{kind}",
            "target": "download",
        }

    # === BUSINESS METHODS === #

    def _check_approvable(self):
        for requirement in self:
            if not requirement.line_ids:
                raise UserError(
                    self.env._(
                        "%s has no products: approve the menus of the day and work"
                        " it out again.",
                        requirement.display_name,
                    )
                )

    def _fill(self):
        """Write number, portions and products of a draft."""
        self.ensure_one()
        snapshot, portions = self._get_portions()
        values, problems = self._get_lines(portions)
        self.line_ids.unlink()
        # sudo: only this method may say what the requirement was worked out for
        self.sudo().write(
            {
                "name": self.name or f"{self.school_id.code}-{self.date:%d%m%y}",
                "snapshot_id": snapshot.id,
                "portions": [[*key, count] for key, count in sorted(portions.items())],
                "problems": "\n".join(problems) or False,
            }
        )
        self.env["meal.requirement.line"].create(
            [{**line, "requirement_id": self.id} for line in values]
        )

    # === PORTIONS === #

    def _get_portions(self):
        """Return (snapshot, {(meal, age group, set, shift) ids: number}).

        The newest order or correction of the day counts, before there is one the
        forecast, before that the orders as they stand.
        """
        self.ensure_one()
        # sudo: numbers of portions; the kitchen reads no orders of children
        snapshots = self.env["meal.snapshot"].sudo()
        snapshots = snapshots.search(
            [("school_id", "=", self.school_id.id), ("date", "=", self.date)],
            order="id desc",
        )
        binding = snapshots.filtered(lambda one: one.kind != "forecast")
        snapshot = binding[:1] or snapshots[:1]
        if snapshot:
            rows = snapshot.line_ids._read_group(
                [("snapshot_id", "=", snapshot.id)],
                ["meal_type_id", "age_group_id", "variant_id", "class_id"],
                ["quantity:sum"],
            )
        else:
            rows = (
                self.env["meal.order"]
                .sudo()  # sudo: portions are counted, not shown
                ._read_group(
                    [
                        ("school_id", "=", self.school_id.id),
                        ("date", "=", self.date),
                        ("state", "in", ("ordered", "cooked")),
                    ],
                    ["meal_type_id", "age_group_id", "variant_id", "class_id"],
                    ["__count"],
                )
            )
        portions = {}
        for meal, age, variant, school_class, count in rows:
            key = (meal.id, age.id, variant.id or NOTHING, int(school_class.shift or 0))
            portions[key] = portions.get(key, 0) + count
        return snapshot, {key: count for key, count in portions.items() if count}

    @api.model
    def _name_portion(self, key):
        meal, age, variant, _shift = key
        names = [
            self.env["meal.type"].browse(meal).name,
            self.env["meal.age.group"].browse(age).name,
            # sudo: the name of a set
            variant and self.env["meal.variant"].sudo().browse(variant).name,
        ]
        return ", ".join(name for name in names if name)

    # === PRODUCTS === #

    def _get_lines(self, portions):
        """Return (values of lines, sentences about portions nobody can cook)."""
        find = self.env["meal.menu"]._find(self.school_id, self.date)
        dishes, problems = {}, []
        for key, count in portions.items():
            meal, age, variant, shift = key
            menu = find(
                self.env["meal.age.group"].browse(age),
                self.env["meal.variant"].browse(variant or []),
                str(shift) if shift else None,
            )
            lines = menu.line_ids.filtered(
                lambda line, meal=meal: line.meal_type_id.id == meal
            )
            if menu.state != "approved" or not lines:
                problems.append(self._get_problem(key, count, menu, lines))
                continue
            for line in lines:
                place = (meal, age, line.dish_id.id)
                dishes.setdefault(place, [0, line.output_g])[0] += count
        return self._get_products(dishes), problems

    def _get_problem(self, key, count, menu, lines):
        words = {"portion": self._name_portion(key), "count": count}
        if not menu:
            return self.env._("%(portion)s: no menu for %(count)s portions.", **words)
        if not lines:
            return self.env._(
                "%(portion)s: the menu has no dishes for %(count)s portions.", **words
            )
        return self.env._(
            "%(portion)s: the menu is not approved, %(count)s portions are left out.",
            **words,
        )

    def _get_products(self, dishes):
        """Return values of lines for {(meal, age, dish): [portions, output]}."""
        products = self.env["product.template"]
        needs = {}
        for age in {age for _meal, age, _dish in dishes}:
            own = products.browse({d for _m, a, d in dishes if a == age})
            group = self.env["meal.age.group"].browse(age)
            for dish, parts in own._get_portion_needs(group).items():
                needs[age, dish] = parts
        values = []
        for (meal, age, dish), (count, output) in sorted(dishes.items()):
            for product, gross in (needs[age, dish] or {dish: output}).items():
                kilograms = round(count * gross / 1000, 3)
                price = products.browse(product).with_company(self.company_id).kg_cost
                price = self.currency_id.round(price)
                values.append(
                    {
                        "meal_type_id": meal,
                        "age_group_id": age,
                        "dish_id": dish,
                        "ingredient_id": product,
                        "portions": count,
                        "gross_g": gross,
                        "quantity_kg": kilograms,
                        "unit_cost": price,
                        "cost": self.currency_id.round(kilograms * price),
                    }
                )
        return values

    # === FORMS === #

    def _make_pdf(self):
        return requirement_pdf.render(self._get_form())

    def _make_xlsx(self):
        return requirement_xlsx.build_workbook(self._get_form())

    def _get_form(self):
        """Return what the form ОКУД 0504202 shows, without records."""
        self.ensure_one()
        # sudo: the school's name and head on its own form
        school = self.school_id.sudo()
        return {
            "number": self.name,
            "date": self.date,
            "school": school.name,
            "is_approved": self.state == "approved",
            # sudo: the name on a printed form
            "approver": self.approved_by_id.sudo().name or school.head_id.name or "",
            "okpo": school.company_id.company_registry or "",
            "responsible": school.meals_responsible_id.name or "",
            "portions": self.portion_count,
            "problems": self.problems or "",
            "lines": [line._as_form_line() for line in self.line_ids],
        }
