from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..domain import cycle_file, menu_files


class MealCycle(models.Model):
    """A cyclic menu (типовое цикличное меню) of 10 to 14 days for an age group."""

    _name = "meal.cycle"
    _description = "Cyclic Menu"
    _inherit = ["meal.approval.mixin"]
    _order = "date_from desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        "res.company",
        "Municipality",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    school_ids = fields.Many2many(
        "school.school", string="Schools", check_company=True, help="Empty: all."
    )
    age_group_id = fields.Many2one("meal.age.group", required=True)
    variant_id = fields.Many2one("meal.variant", "Set", check_company=True)
    day_count = fields.Integer("Days", required=True, default=10)
    date_from = fields.Date("In force from", required=True)
    date_to = fields.Date("In force to")
    line_ids = fields.One2many("meal.cycle.line", "cycle_id", "Dishes", copy=True)
    deviation_note = fields.Text(
        "Explanation of deviations",
        help="What the head should know about the deviations from the norms.",
    )
    deviation_count = fields.Integer("Deviations", compute="_compute_deviations")
    summary = fields.Html(compute="_compute_deviations", sanitize=False)

    _day_range = models.Constraint(
        "CHECK (day_count BETWEEN 5 AND 28)", "A cycle has 5 to 28 days."
    )
    _dates_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "A cycle cannot end before it begins.",
    )

    # === CONSTRAINTS === #

    @api.constrains("day_count", "line_ids")
    def _check_days(self):
        for cycle in self:
            last = max(cycle.line_ids.mapped("day_number"), default=0)
            if last > cycle.day_count:
                raise ValidationError(
                    self.env._(
                        "%(cycle)s has dishes on day %(day)s but only %(count)s days.",
                        cycle=cycle.name,
                        day=last,
                        count=cycle.day_count,
                    )
                )

    # === COMPUTE METHODS === #

    @api.depends(
        "age_group_id",
        "date_from",
        "day_count",
        "line_ids.dish_id",
        "line_ids.day_number",
        "line_ids.meal_type_id",
        "line_ids.section_id",
        "line_ids.output_g",
        "line_ids.energy_kcal",
    )
    def _compute_deviations(self):
        for cycle in self:
            if not (cycle.age_group_id and cycle.date_from):
                cycle.deviation_count, cycle.summary = 0, False
                continue
            lines = cycle.line_ids
            check = self.env["meal.norm.check"]._check(
                lines.mapped(lambda line: line._as_norm_line(line.day_number)),
                cycle.age_group_id,
                cycle.date_from,
                cycle_length=cycle.day_count,
            )
            cycle.deviation_count = len(check)
            cycle.summary = self.env["meal.norm.check"]._render(
                lines, lambda line: line.day_number, check, cycle._get_day_names()
            )

    def _get_day_names(self):
        week_days = cycle_file.days_per_week(self.day_count)
        return {
            number: self.env._(
                "Day %(number)s (week %(week)s)",
                number=number,
                week=(number - 1) // week_days + 1,
            )
            for number in range(1, self.day_count + 1)
        }

    # === ACTIONS === #

    def action_open_lines(self):
        """Edit the dishes by day and meal."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "school_meal_day.meal_cycle_line_action"
        )
        return {
            **action,
            "name": self.name,
            "domain": [("cycle_id", "=", self.id)],
            "context": {
                "default_cycle_id": self.id,
                "group_by": ["day_number"],
                "create": self.state == "draft",
            },
        }

    def action_copy_day(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Copy a day"),
            "res_model": "meal.cycle.copy.day",
            "view_mode": "form",
            "target": "new",
            "context": {"default_cycle_id": self.id},
        }

    def action_import(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Read a cyclic menu from a file"),
            "res_model": "meal.cycle.import",
            "view_mode": "form",
            "target": "new",
            "context": {"default_cycle_id": self.id},
        }

    def action_export(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/school_meal/menu/cycle/{self.id}",
            "target": "download",
        }

    # === BUSINESS METHODS === #

    def _check_approvable(self):
        user = self.env.user
        beyond = self.filtered(
            lambda cycle: not (cycle.school_ids and cycle.school_ids <= user.school_ids)
        )
        if beyond and not self._has_any_group(
            ("school_meal_base.group_department", "school_meal_base.group_manager")
        ):
            raise AccessError(
                self.env._(
                    "%s is for other schools too: the education department approves"
                    " it.",
                    beyond[0].name,
                )
            )
        for cycle in self:
            served = set(cycle.line_ids.mapped("day_number"))
            missing = set(range(1, cycle.day_count + 1)) - served
            if missing:
                raise UserError(
                    self.env._(
                        "%(cycle)s has no dishes on day %(day)s. Fill it in or change"
                        " the number of days.",
                        cycle=cycle.name,
                        day=min(missing),
                    )
                )

    def _get_day(self, number):
        return self.line_ids.filtered(lambda line: line.day_number == number)

    def _copy_day(self, source, target):
        """Replace the dishes of a day by those of another one."""
        self.ensure_one()
        self._get_day(target).unlink()
        for line in self._get_day(source):
            line.copy({"day_number": target})

    # === FILES === #

    def _make_file(self):
        """Return the bytes of `tmYYYY-sm.xlsx`."""
        self.ensure_one()
        approver = self.approved_by_id
        schools = self.school_ids
        return cycle_file.write(
            cycle_file.CycleFile(
                school=schools.short_name if len(schools) == 1 else "",
                position="Руководитель" if approver else "",
                approver=approver.name or "",
                age=self._get_file_age(),
                date=self.date_from,
                day_count=self.day_count,
                days={
                    number: tuple(
                        line._as_file_dish() for line in self._get_day(number)
                    )
                    for number in range(1, self.day_count + 1)
                },
            )
        )

    def _get_file_name(self):
        return cycle_file.file_name(self.date_from.year, self.age_group_id.code)

    def _get_file_age(self):
        group = self.age_group_id
        return menu_files.AGE_NAMES.get(group.code, group.name)
