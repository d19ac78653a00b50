from odoo import fields


class LooseMany2one(fields.Many2one):
    """A many2one without a foreign key in the database.

    For facts written by the thousand: a foreign key takes a lock on the referred row
    (the city's one sales account, the school, the user) with every insert, and those
    locks are what many tills would wait for. Whoever uses it guards the deletion of
    the referred record in another way.
    """

    def update_db_foreign_key(self, model, column):
        """Leave the column without its constraint."""
