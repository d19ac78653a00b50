from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

#: States of an order that stand for a portion to be cooked. A portion that was passed
#: on is the other student's.
COUNTED = ("ordered", "cooked", "freed", "written_off")
FREE = ("freed",)


class MealSnapshot(models.Model):
    """How many portions were wanted at a moment that binds kitchen and supplier.

    Append-only. The first is the forecast of the evening, the order the one of the
    morning cut-off; whatever changes later is a correction.
    """

    _name = "meal.snapshot"
    _description = "Binding Number of Portions"
    _inherit = ["meal.frozen.mixin"]
    _order = "date desc, school_id, id desc"

    school_id = fields.Many2one(
        "school.school", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="school_id.company_id", store=True, index=True)
    date = fields.Date(required=True, readonly=True)
    kind = fields.Selection(
        [
            ("forecast", "Forecast"),
            ("order", "Order"),
            ("correction", "Corrected number"),
        ],
        required=True,
        readonly=True,
    )
    taken_at = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one("res.users", "By", readonly=True)
    previous_id = fields.Many2one("meal.snapshot", readonly=True)
    last_change_id = fields.Many2one("meal.order.change", readonly=True)
    line_ids = fields.One2many("meal.snapshot.line", "snapshot_id", readonly=True)
    portion_count = fields.Integer("Portions", readonly=True)
    free_count = fields.Integer(
        "Free portions",
        readonly=True,
        help="Cooked for students who do not come: they can go to others.",
    )

    difference_html = fields.Html(
        "Compared with the number before",
        compute="_compute_difference_html",
        sanitize=False,
    )

    _kind_uniq = models.UniqueIndex(
        "(school_id, date, kind) WHERE kind <> 'correction'",
        "This number of portions is already fixed.",
    )
    _corrected_once = models.UniqueIndex(
        "(previous_id) WHERE kind = 'correction'",
        "This number of portions has been corrected already.",
    )
    _school_day_idx = models.Index("(school_id, date)")

    # === COMPUTE METHODS === #

    @api.depends("school_id", "date", "kind")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for snapshot in self:
            snapshot.display_name = (
                f"{kinds.get(snapshot.kind)}, {snapshot.school_id.display_name}"
            )

    def _compute_difference_html(self):
        for snapshot in self:
            snapshot.difference_html = self.env["ir.qweb"]._render(
                "school_meal_day.meal_snapshot_difference",
                {"snapshot": snapshot, "difference": snapshot._get_difference()},
            )

    # === PROTECTION === #

    def _frozen_message(self):
        # What was told to the kitchen is proof.
        return self.env._(
            "A number that was told to the kitchen stays as it is: take a correction"
            " instead."
        )

    # === ACTION METHODS === #

    def action_take_correction(self):
        """Tell the kitchen what has changed until now."""
        self.ensure_one()
        self.check_access("read")
        user = self.env.user
        if not any(
            user.has_group(f"school_meal_base.group_{role}")
            for role in ("canteen", "operator", "manager")
        ):
            raise AccessError(
                self.env._("Only the person responsible for meals takes corrections.")
            )
        # sudo: the clock of the school
        school = self.sudo().school_id
        taken = school._pass_cutoffs(self.date)
        taken |= self._take_correction(school, self.date)
        if not taken:
            raise UserError(
                self.env._("Nothing has changed since the last number of the day.")
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": taken[-1].id,
            "view_mode": "form",
        }

    # === BUSINESS METHODS === #

    @api.model
    def _find(self, school, date, kind=None):
        """Return the snapshot of a kind, the last of all without one."""
        # sudo: whether a number is fixed is a fact
        domain = [("school_id", "=", school.id), ("date", "=", date)]
        if kind:
            domain.append(("kind", "=", kind))
        return self.sudo().search(domain, order="id desc", limit=1)

    @api.model
    def _take(self, school, date, kind):
        """Fix the numbers as they are; forecast and order once per school and day.

        :return: the snapshot, empty when another worker was faster
        """
        # sudo: taken by the clock or by a button that has checked the user
        self = self.sudo()
        self.env.flush_all()
        previous = self._find(school, date)
        lines = self._count(school, date)
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO meal_snapshot (school_id, company_id, date, kind, taken_at,
                            user_id, previous_id, last_change_id, portion_count,
                            free_count, create_uid, create_date, write_uid, write_date)
                VALUES (%(school)s, %(company)s, %(date)s, %(kind)s, %(now)s, %(user)s,
                        %(previous)s,
                        (SELECT max(id) FROM meal_order_change
                          WHERE school_id = %(school)s AND date = %(date)s),
                        %(count)s, %(free)s, %(user)s, %(now)s, %(user)s, %(now)s)
                ON CONFLICT DO NOTHING
                RETURNING id
                """,
                school=school.id,
                company=school.company_id.id,
                date=date,
                kind=kind,
                now=fields.Datetime.now(),
                user=self.env.uid,
                previous=previous.id or None,
                count=sum(line["quantity"] for line in lines),
                free=sum(line["free_quantity"] for line in lines),
            )
        )
        snapshot = self.browse(id_ for (id_,) in self.env.cr.fetchall())
        if snapshot:
            self.env["meal.snapshot.line"].create(
                [{"snapshot_id": snapshot.id, **line} for line in lines]
            )
        return snapshot

    @api.model
    def _take_correction(self, school, date):
        """Tell the kitchen what has changed since the last snapshot of a day.

        :return: the correction, empty when nothing has
        """
        school._lock_orders()  # two workers must not tell the same change twice
        last = self._find(school, date)
        if not last or last.kind == "forecast":
            return self.browse()
        known = {line._get_key(): line._get_quantities() for line in last.line_ids}
        self.env.flush_all()
        lines = {
            (
                line["meal_type_id"],
                line["age_group_id"],
                line["class_id"] or False,
                line["variant_id"] or False,
            ): (line["quantity"], line["free_quantity"])
            for line in self._count(school, date)
        }
        if lines == known:
            return self.browse()
        return self._take(school, date, "correction")

    @api.model
    def _count(self, school, date):
        """Return values of snapshot lines for the orders as they are."""
        self.env.cr.execute(
            SQL(
                """
                SELECT meal_type_id, age_group_id, class_id, variant_id,
                       count(*) AS quantity,
                       count(*) FILTER (WHERE state = ANY(%s)) AS free_quantity
                  FROM meal_order
                 WHERE school_id = %s AND date = %s AND state = ANY(%s)
                 GROUP BY 1, 2, 3, 4
                 ORDER BY 1, 2, 3, 4 NULLS FIRST
                """,
                list(FREE),
                school.id,
                date,
                list(COUNTED),
            )
        )
        return self.env.cr.dictfetchall()
