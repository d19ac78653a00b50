from odoo import models
from odoo.exceptions import UserError


class MealFrozenMixin(models.AbstractModel):
    """What is recorded once and for ever: nobody changes or deletes it, no code either.

    Where it is proof of money, a trigger of the database says the same to raw SQL.
    """

    _name = "meal.frozen.mixin"
    _description = "Record for Ever"

    def write(self, vals):
        raise UserError(self._frozen_message())

    def unlink(self):
        raise UserError(self._frozen_message())  # pylint: disable=no-raise-unlink

    def _frozen_message(self):
        """Hook: return the sentence that refuses, and what to do instead."""
        raise NotImplementedError
