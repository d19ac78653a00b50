from odoo import fields, models
from odoo.tools import SQL

from ..const import INSIDE, UNKNOWN


class AccessSite(models.Model):
    """Who is inside now."""

    _inherit = "access.site"

    presence_ends = fields.Float(
        "Nobody is inside after",
        default=22.0,
        required=True,
        help="Local time. Who has not left by then is shown as “not known”: somebody"
        " who went through another door, or who must be looked for.",
    )
    inside_count = fields.Integer("Inside", compute="_compute_presence_counts")
    unknown_count = fields.Integer("Not known", compute="_compute_presence_counts")
    staff_count = fields.Integer("Staff and guests", compute="_compute_presence_counts")
    class_counts = fields.Json(compute="_compute_presence_counts")

    _presence_ends_hour = models.Constraint(
        "CHECK (presence_ends >= 0 AND presence_ends < 24)",
        "Enter an hour of the day, from 0:00 to 23:59.",
    )

    # === COMPUTE METHODS === #

    def _compute_presence_counts(self):
        """One statement for all sites; numbers only, so everybody who sees the site."""
        counts = {site_id: {} for site_id in self.ids}
        self.env["access.presence"].flush_model()
        for site_id, *key, people in self.env.execute_query(
            SQL(
                """
                SELECT w.site_id, w.state, w.kind, c.name, c.grade, c.letter, count(*)
                  FROM access_presence w
                  LEFT JOIN school_class c ON c.id = w.class_id
                 WHERE w.site_id = ANY(%s) AND w.state IN (%s, %s)
                 GROUP BY w.site_id, w.state, w.kind, c.name, c.grade, c.letter
                """,
                self.ids,
                INSIDE,
                UNKNOWN,
            )
        ):
            counts[site_id][tuple(key)] = people
        for site in self:
            site._set_presence_counts(counts.get(site.id, {}))

    def _set_presence_counts(self, counts):
        inside = {key: n for key, n in counts.items() if key[0] == INSIDE}
        self.inside_count = sum(inside.values())
        self.unknown_count = sum(counts.values()) - self.inside_count
        self.staff_count = sum(n for key, n in inside.items() if key[1] != "student")
        classes = [
            (grade or 0, letter or "", name, people)
            for (_state, _kind, name, grade, letter), people in inside.items()
            if name
        ]
        self.class_counts = [[name, people] for *_, name, people in sorted(classes)]

    # === ACTION METHODS === #

    def action_open_presence(self):
        """Open the people of the site, or for those without names their numbers."""
        self.ensure_one()
        self.check_access("read")
        presence = self.env["access.presence"]
        name = "access_presence_action"
        if not presence.has_access("read"):
            name = "access_presence_count_action"
        action = self.env["ir.actions.act_window"]._for_xml_id(f"school_access.{name}")
        return {
            **action,
            "domain": [("site_id", "=", self.id)],
            "context": {"search_default_inside": 1, "search_default_by_class": 1},
        }

    def action_print_evacuation(self):
        """Download the list of those who are inside."""
        self.ensure_one()
        self._check_evacuation()
        return {
            "type": "ir.actions.act_url",
            "url": f"/school_access/evacuation/{self.id}.pdf",
            "target": "new",
        }
