from odoo import fields, models
from odoo.tools import SQL

from .access_entry import DUE

ADD, DEL = "add", "del"


class AccessController(models.Model):
    """The white list of a controller: told by difference, compared with what it holds.

    Whoever speaks to the controller calls :meth:`_get_list_changes`, sends the changes
    as one command, and calls :meth:`_confirm_list_changes` once they are acknowledged.
    Changes never acknowledged are due again: both commands may be repeated. One such
    command is on its way at a time.
    """

    _inherit = "access.controller"

    listed_count = fields.Integer("Cards wanted", compute="_compute_list_counts")
    held_count = fields.Integer("Cards held", compute="_compute_list_counts")
    due_count = fields.Integer("Changes to tell", compute="_compute_list_counts")
    clash_count = fields.Integer(
        "Equal numbers",
        compute="_compute_list_counts",
        help="Numbers that two cards of the school have at these readers: both are"
        " refused. Give one of the two another card.",
    )
    compared_at = fields.Datetime("List compared", readonly=True, copy=False)

    # === COMPUTE METHODS === #

    def _compute_list_counts(self):
        self.env["access.entry"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT controller_id, count(*) FILTER (WHERE is_wanted AND zones > 0),
                       count(*) FILTER (WHERE is_held), count(*) FILTER (WHERE %s),
                       count(*) FILTER (WHERE refusal = 'same_number')
                  FROM access_entry WHERE controller_id = ANY(%s) GROUP BY controller_id
                """,
                SQL(DUE),
                self.ids,
            )
        )
        counts = {controller_id: numbers for controller_id, *numbers in rows}
        for controller in self:
            (
                controller.listed_count,
                controller.held_count,
                controller.due_count,
                controller.clash_count,
            ) = counts.get(controller.id, (0, 0, 0, 0))

    # === BUSINESS METHODS - DIFFERENCE === #

    def _get_list_changes(self, limit=20):
        """Return what the controller must still be told, deletions first.

        What is handed out counts as uncertain until it is confirmed: the controller
        may have done it although its answer was lost.

        :return: list of ``("add", code, flags, zones)`` and ``("del", code, 0, 0)``
        """
        self.ensure_one()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                WITH due AS (
                    SELECT e.id, e.is_wanted AND e.zones > 0
                           AND (k.state = 'active' OR a.state = 'active') AS is_add
                      FROM access_entry e
                      LEFT JOIN school_card k ON k.id = e.card_id
                      LEFT JOIN access_pass a ON a.id = e.pass_id
                     WHERE e.controller_id = %(controller)s AND e.id IN (
                           SELECT id FROM access_entry
                            WHERE controller_id = %(controller)s AND (%(due)s))
                ), handed AS (
                    SELECT e.id, due.is_add IS TRUE AS is_add
                      FROM access_entry e JOIN due ON due.id = e.id
                     WHERE due.is_add IS TRUE OR e.is_held OR e.told IS NOT NULL
                     ORDER BY due.is_add IS TRUE, e.id
                     LIMIT %(limit)s
                )
                UPDATE access_entry e
                   SET told = CASE WHEN handed.is_add
                                   THEN concat_ws(':', 'add', e.flags, e.zones)
                                   ELSE 'del:0:0' END
                  FROM handed WHERE e.id = handed.id
                RETURNING e.told, e.code
                """,
                controller=self.id,
                due=SQL(DUE),
                limit=limit,
            )
        )
        self.env["access.entry"].invalidate_model(["told"])
        changes = []
        for told, code in rows:
            kind, flags, zones = told.split(":")
            changes.append((kind, code, int(flags), int(zones)))
        return sorted(changes, key=lambda change: (change[0] != DEL, change[1]))

    def _confirm_list_changes(self, changes):
        """Note that the controller has done these changes of :meth:`_get_list_changes`.

        Harmless when repeated or late: a change handed out afterwards stays uncertain.
        """
        self.ensure_one()
        if not changes:
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE access_entry e
                   SET is_held = done.kind = 'add',
                       held_flags = done.flags, held_zones = done.zones,
                       told = CASE WHEN e.told = concat_ws(
                                        ':', done.kind, done.flags, done.zones)
                                   THEN NULL ELSE e.told END
                  FROM unnest(%s::text[], %s::text[], %s::int[], %s::int[])
                       AS done (kind, code, flags, zones)
                 WHERE e.controller_id = %s AND e.code = done.code
                """,
                *(list(column) for column in zip(*changes, strict=True)),
                self.id,
            )
        )
        self._drop_done()

    def _forget_list(self):
        """Note that the controller holds no cards any more: all are told again."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE access_entry SET is_held = FALSE, told = NULL
                 WHERE controller_id = ANY(%s) AND (is_held OR told IS NOT NULL)
                """,
                self.ids,
            )
        )
        self._drop_done()

    def _drop_done(self):
        """Forget cards that nobody wants and the controller does not hold."""
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM access_entry
                 WHERE controller_id = ANY(%s) AND NOT is_wanted AND refusal IS NULL
                   AND is_held IS NOT TRUE AND told IS NULL
                """,
                self.ids,
            )
        )
        self.env["access.entry"].invalidate_model()

    # === BUSINESS METHODS - COMPARISON === #

    def _compare_list(self, held):
        """Take over what the controller really holds; the difference is due again.

        :param dict held: {code: (flags, zones)}, all that was read from it
        :return: dict of counts: ``missing`` (it should hold them), ``extra`` (it should
            not), ``changed`` (other flags or time zones)
        """
        self.ensure_one()
        self.env.flush_all()
        codes, flags, zones = list(held), [], []
        for code in codes:
            flags.append(held[code][0])
            zones.append(held[code][1])
        read = (codes, flags, zones)
        [counts] = self.env.execute_query(self._difference_sql(*read))
        self.env.cr.execute(self._take_over_sql(*read))
        self._drop_done()
        self.compared_at = fields.Datetime.now()
        counts = dict(zip(("missing", "extra", "changed"), counts, strict=True))
        if any(counts.values()):
            self._raise_list_differs(counts)
        return counts

    def _difference_sql(self, codes, flags, zones):
        """Count what differs from what the controller was believed to hold. Changes
        on their way (`told`) are no surprise, whichever way they went."""
        return SQL(
            """
            SELECT count(*) FILTER (WHERE e.is_held AND held.code IS NULL),
                   count(*) FILTER (WHERE held.code IS NOT NULL
                                      AND e.is_held IS NOT TRUE),
                   count(*) FILTER (WHERE e.is_held AND (
                       (held.flags & 40) <> (e.held_flags & 40)
                       OR (held.zones & 127) <> (e.held_zones & 127)))
              FROM (SELECT * FROM access_entry WHERE controller_id = %s) e
              FULL JOIN unnest(%s::text[], %s::int[], %s::int[])
                        AS held (code, flags, zones) ON held.code = e.code
             WHERE e.told IS NULL
            """,
            self.id,
            codes,
            flags,
            zones,
        )

    def _take_over_sql(self, codes, flags, zones):
        return SQL(
            """
            WITH held AS (
                SELECT * FROM unnest(%(codes)s::text[], %(flags)s::int[],
                                     %(zones)s::int[]) AS held (code, flags, zones)
            ), gone AS (
                UPDATE access_entry SET is_held = FALSE, told = NULL
                 WHERE controller_id = %(controller)s
                   AND (is_held OR told IS NOT NULL)
                   AND code <> ALL(%(codes)s::text[])
            )
            INSERT INTO access_entry (
                   controller_id, site_id, school_id, company_id, code, flags, zones,
                   is_wanted, is_held, held_flags, held_zones)
            SELECT c.id, c.site_id, c.school_id, c.company_id, held.code, 0, 0,
                   FALSE, TRUE, held.flags, held.zones
              FROM held JOIN access_controller c ON c.id = %(controller)s
              LEFT JOIN access_entry e
                     ON e.controller_id = c.id AND e.code = held.code
             -- what is known takes no number of the sequence, which would end
             WHERE e.id IS NULL OR e.is_held IS NOT TRUE OR e.told IS NOT NULL
                OR (e.held_flags, e.held_zones)
                   IS DISTINCT FROM (held.flags, held.zones)
            ON CONFLICT (controller_id, code) DO UPDATE
               SET is_held = TRUE, told = NULL, held_flags = EXCLUDED.held_flags,
                   held_zones = EXCLUDED.held_zones
            """,
            controller=self.id,
            codes=codes,
            flags=flags,
            zones=zones,
        )

    def _raise_list_differs(self, counts):
        # sudo: an alarm is raised by what happens, whoever asked for the comparison
        self.env["access.alarm"].sudo()._raise_alarm(
            "list_differs",
            self.id,
            controller_id=self.id,
            details=self.env._(
                "Missing: %(missing)s, not wanted: %(extra)s, changed: %(changed)s."
                " They are being repaired.",
                **counts,
            ),
        )
