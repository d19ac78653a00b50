from odoo import fields, models
from odoo.exceptions import AccessDenied


class ResUsers(models.Model):
    _inherit = "res.users"

    school_ids = fields.Many2many(
        "school.school", "school_user_rel", "user_id", "school_id", string="Schools"
    )
    # Set when a password was printed for somebody (see school_student_login.py).
    meal_password_temporary = fields.Boolean(
        "Temporary password", readonly=True, copy=False, groups="base.group_erp_manager"
    )
    meal_password_expires_at = fields.Datetime(
        "Password expires", readonly=True, copy=False, groups="base.group_erp_manager"
    )

    def _set_password(self):
        """Override of `base`: a password somebody chose is not temporary any more."""
        super()._set_password()
        # sudo: people who change their own password may not write these fields.
        self.sudo().filtered("meal_password_temporary").write(
            {"meal_password_temporary": False, "meal_password_expires_at": False}
        )

    def _check_credentials(self, credential, env):
        """Override of `base` to refuse a temporary password after its time.

        Only once it has proved right: a stranger learns nothing about it.
        """
        auth_info = super()._check_credentials(credential, env)
        user = self.env.user  # in sudo
        expires_at = user.meal_password_temporary and user.meal_password_expires_at
        if expires_at and expires_at < fields.Datetime.now():
            raise AccessDenied(
                self.env._(
                    "The temporary password has expired. Get a new one at the till of"
                    " the school canteen with the student's card."
                )
            )
        return auth_info
