from datetime import datetime
from typing import NamedTuple

from school_edge.protocol import windows

from odoo import api, models
from odoo.tools import SQL


class Decision(NamedTuple):
    """A verdict of `const.VERDICTS`, and whose card it was, if anybody's."""

    verdict: str
    person_id: int | None = None
    profile_id: int | None = None

    @property
    def is_granted(self):
        return self.verdict == windows.GRANTED


class AccessEntry(models.Model):
    """Deciding a tap at the server: one round trip, and the rules of the protocol."""

    _inherit = "access.entry"

    # === BUSINESS METHODS === #

    @api.model
    def _decide(self, controller_id, code, direction, now):
        """Return the :class:`Decision` for a tap.

        :param str code: 12 upper-case hex digits, as the controller sent it
        :param str direction: "in" or "out"
        :param datetime now: naive UTC
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL("SELECT * FROM access_tap(%s, %s, %s)", controller_id, code, now)
        )
        if not rows:
            return Decision(windows.UNKNOWN_CARD)
        (
            person_id,
            profile_id,
            opens,
            refusal,
            valid_from,
            valid_to,
            permissions,
            is_inside,
            antipassback,
            mode,
            tz,
        ) = rows[0]
        verdict = windows.decide(
            opens,
            direction,
            now,
            tz,
            refusal=refusal,
            valid_from=valid_from,
            valid_to=valid_to,
            permissions=[self._permission(*row) for row in permissions or ()],
            inside=is_inside,
            antipassback=antipassback,
            mode=mode,
        )
        if verdict == windows.UNKNOWN_CARD and person_id is None:
            return self._decide_unlisted(controller_id, code, direction, now)
        return Decision(verdict, person_id, profile_id)

    @api.model
    def _decide_unlisted(self, controller_id, code, direction, now):
        """Refuse a card that is not on the list; tell whose it is at another school."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT o.person_id
                  FROM access_controller c
                 CROSS JOIN LATERAL access_card_owner(%(code)s, c.id, %(direction)s,
                       c.school_id, c.company_id, %(now)s) o
                 WHERE c.id = %(controller)s AND o.verdict = 'other_school'
                """,
                controller=controller_id,
                code=code,
                direction=direction,
                now=now,
            )
        )
        if rows:
            return Decision(windows.OTHER_SCHOOL, rows[0][0])
        return Decision(windows.UNKNOWN_CARD)

    @api.model
    def _permission(self, direction, valid_from, valid_to):
        moments = map(datetime.fromisoformat, (valid_from, valid_to))
        return (direction, *moments)
