from odoo import api, fields, models
from odoo.tools import SQL

#: Days for which a repeat of a command is known as one.
KEPT_DAYS = 60


class MealClassCommand(models.Model):
    """What a class screen has asked for already, so that a repeat changes nothing.

    A phone that lost its answer sends again. The row says what became of the command;
    who ordered and reported what is in the orders and absences themselves.
    """

    _name = "meal.class.command"
    _description = "Command of a Class Screen"
    _order = "id desc"
    _log_access = False

    uuid = fields.Char(required=True, readonly=True, size=36)
    user_id = fields.Many2one("res.users", "By", required=True, readonly=True)
    class_id = fields.Many2one(
        "school.class", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    status = fields.Selection(
        [
            ("done", "Done"),
            ("same", "Nothing to change"),
            ("conflict", "Changed by others meanwhile"),
            ("refused", "Refused"),
        ],
        required=True,
        readonly=True,
    )
    message = fields.Char(readonly=True)
    at = fields.Datetime(required=True, readonly=True)

    _user_uuid_uniq = models.Constraint(
        "UNIQUE (user_id, uuid)", "This command has already been received."
    )
    _at_idx = models.Index("(at)")

    # === BUSINESS METHODS === #

    @api.model
    def _claim(self, school_class, uuids):
        """Return the uuids that are new; the others' rows are there already.

        Two deliveries at the same moment: the second waits for the first and is then
        repeated by Odoo, which finds the rows.
        """
        if not uuids:
            return set()
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO meal_class_command
                       (uuid, user_id, class_id, company_id, status, at)
                SELECT uuid, %s, %s, %s, 'done', NOW() AT TIME ZONE 'UTC'
                  FROM unnest(%s) AS uuid
                    ON CONFLICT (user_id, uuid) DO NOTHING
             RETURNING uuid
                """,
                self.env.uid,
                school_class.id,
                # sudo: the municipality of a class that was checked
                school_class.sudo().company_id.id,
                sorted(set(uuids)),
            )
        )
        return {uuid for (uuid,) in rows}

    @api.model
    def _keep(self, outcomes):
        """Store {uuid: (status, message)} of commands that were claimed."""
        changed = {uuid: out for uuid, out in outcomes.items() if out != ("done", "")}
        if changed:
            self.env.execute_query(
                SQL(
                    """
                    UPDATE meal_class_command AS c
                       SET status = v.status, message = NULLIF(v.message, '')
                      FROM unnest(%s, %s, %s) AS v(uuid, status, message)
                     WHERE c.uuid = v.uuid AND c.user_id = %s
                 RETURNING c.id
                    """,
                    list(changed),
                    [status for status, __ in changed.values()],
                    [message for __, message in changed.values()],
                    self.env.uid,
                )
            )

    @api.model
    def _recall(self, uuids):
        """Return {uuid: (status, message)} of commands of this user."""
        # sudo: nobody reads these but the screen, and each user the own ones
        rows = self.sudo().search_fetch(
            [("user_id", "=", self.env.uid), ("uuid", "in", list(uuids))],
            ["uuid", "status", "message"],
        )
        return {row.uuid: (row.status, row.message or "") for row in rows}

    @api.autovacuum
    def _gc_commands(self):
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=KEPT_DAYS)
        self.search([("at", "<", limit)], limit=10_000).unlink()
