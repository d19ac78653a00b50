from odoo.tools import SQL


def claim(table, ids):
    """Return the statement that lets nobody else decide on rows at the same time.

    The rows are written, not only locked: of two who work on the same snapshot the
    second one fails with a serialization error, and Odoo begins it again.
    """
    return SQL(
        """
        WITH mine AS (
            SELECT id FROM %(table)s WHERE id = ANY(%(ids)s)
             ORDER BY id FOR NO KEY UPDATE)
        UPDATE %(table)s t SET write_uid = t.write_uid
          FROM mine WHERE t.id = mine.id RETURNING t.id
        """,
        table=SQL.identifier(table),
        ids=list(ids),
    )
