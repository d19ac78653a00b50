from odoo.tools import SQL


def given(alias="event"):
    """Return the condition that an issue event gave a portion nobody took back.

    :param alias: of ``meal_issue_event`` in the query
    """
    return SQL(
        """(%(event)s.action = 'given' AND NOT EXISTS (
            SELECT FROM meal_issue_event undo WHERE undo.undoes_id = %(event)s.id))""",
        event=SQL.identifier(alias),
    )
