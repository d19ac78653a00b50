"""Core's log lines about signing in, without the logins.

An account number or a parent's e-mail is personal, and people type passwords into the
field of the login. Core writes both in clear; what an administrator needs of such a
line is that it happened, when, and from which address.
"""

import logging

from .domain.typed_login import masked

#: Loggers of core, and by the beginning of a message which arguments are logins.
LOGIN_ARGUMENTS = {
    "odoo.addons.base.models.res_users": {
        "Login failed for login:": (0,),
        "Login successful for login:": (0,),
        "Login attempt ignored for": (1,),
        "Password change for": (0, 2),
        "Account deletion asked for": (0,),
    },
    "odoo.addons.auth_signup.controllers.main": {"Password reset attempt for": (0, 1)},
    "odoo.addons.auth_signup.models.res_users": {
        "Password reset email sent for": (0, 1),
        "Signup email sent for": (0, 1),
    },
}


class LoginMask(logging.Filter):
    """Replace the logins of one logger's lines; no line is dropped."""

    def filter(self, record):
        for beginning, positions in LOGIN_ARGUMENTS.get(record.name, {}).items():
            if str(record.msg).startswith(beginning) and isinstance(record.args, tuple):
                record.args = tuple(
                    masked(value) if index in positions else value
                    for index, value in enumerate(record.args)
                )
        return True


def install():
    for name in LOGIN_ARGUMENTS:
        logger = logging.getLogger(name)
        if not any(isinstance(each, LoginMask) for each in logger.filters):
            logger.addFilter(LoginMask())
