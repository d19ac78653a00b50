from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize


class SchoolGuardian(models.Model):
    _inherit = ["school.guardian", "meal.portal.guard"]
    _name = "school.guardian"

    _portal_fields = frozenset(
        {
            "active",
            "is_legal",
            "is_notified",
            "may_order",
            "may_pay",
            "partner_id",
            "relation",
            "student_id",
        }
    )

    added_by_id = fields.Many2one(
        "res.partner",
        "Added by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The representative who added this relative in the portal.",
    )

    # === RELATIVES === #

    @api.model
    def _get_added_by(self, partner, student):
        """Return the relatives a representative added and may remove, in sudo."""
        # sudo: in the portal everybody reads the own row only; these are one's doing
        return self.sudo().search(
            [
                ("student_id", "=", student.id),
                ("added_by_id", "=", partner.id),
                ("is_legal", "=", False),
            ]
        )

    @api.model
    def _add_from_portal(self, partner, student, relation, name, **details):
        """Add a relative for a representative and invite them, if they can be."""
        row = self._add_relative(partner, student, relation, name, **details).sudo()
        row.added_by_id = partner
        state = row._get_invitation_state()
        # Not told apart for the parent: nobody learns whose e-mail signs in here.
        if state in ("ready", "invited", "active"):
            row._send_invitation(state)
        return row

    @api.model
    def _join_child(self, user, student):
        """Put a child into a person's login, who has proved to hold the child's.

        Money and meals, which that login opens anyway; no representative's rights.
        """
        # sudo: in the portal nobody writes these; the password was the permission
        guardians = self.sudo().with_context(active_test=False)
        known = guardians.search(
            [("student_id", "=", student.id), ("partner_id", "=", user.partner_id.id)]
        )
        if known.active:
            raise UserError(self.env._("This child is in your list already."))
        if known:
            raise UserError(
                self.env._(
                    "The school has ended your access to this child. Ask the person"
                    " responsible for meals."
                )
            )
        row = guardians.create(
            {
                "student_id": student.id,
                "partner_id": user.partner_id.id,
                "relation": "other",
                "is_legal": False,
                "may_order": False,
                "may_pay": True,
                "is_notified": True,
            }
        )
        row._get_portal_user()
        return row

    # === INVITATION === #

    def _get_invitation_state(self):
        """Return "ready", "invited", "active", "no_email" or "taken" (the e-mail is the
        login of another contact: the two should be merged)."""
        self.ensure_one()
        email = email_normalize(self.partner_id.email)
        # sudo: operators invite parents but may not read users
        users = self.sudo().env["res.users"].with_context(active_test=False)
        user = users.search([("partner_id", "=", self.sudo().partner_id.id)], limit=1)
        if user:
            return "active" if user.login_date else "invited"
        if not email:
            return "no_email"
        if users.search_count([("login", "=", email)], limit=1):
            return "taken"
        return "ready"

    def _invite(self):
        """Send the invitation of the portal to one guardian, again if need be."""
        self.ensure_one()
        self._check_may_invite()
        state = self._get_invitation_state()
        if state in ("no_email", "taken"):
            raise UserError(self._get_invitation_problem(state))
        self._send_invitation(state)

    def _send_invitation(self, state):
        user = self._get_portal_user()
        if state != "active":
            user.partner_id.signup_prepare()
            template = self.env.ref("auth_signup.portal_set_password_email").sudo()
            template.with_context(
                dbname=self.env.cr.dbname, lang=user.lang, medium="portalinvite"
            ).send_mail(user.id)

    def _check_may_invite(self):
        self.check_access("read")
        self.student_id.check_access("read")
        groups = ("school_meal_base.group_operator", "school_meal_base.group_manager")
        if not self.env.su and not any(map(self.env.user.has_group, groups)):
            raise UserError(
                self.env._("Parents are invited by the person responsible for meals.")
            )

    def _get_invitation_problem(self, state):
        values = {"name": self.partner_id.name}
        if state == "no_email":
            return self.env._("%(name)s has no valid e-mail: enter it first.", **values)
        return self.env._(
            "The e-mail of %(name)s is already the login of another contact. Merge the"
            " two contacts, or enter another e-mail.",
            **values,
        )

    def _get_portal_user(self):
        """Return the guardian's portal user in sudo, creating it when missing."""
        # sudo: operators may not manage users; _check_may_invite has checked them.
        partner = self.sudo().partner_id
        company = self.sudo().student_id.company_id
        user = partner.with_context(active_test=False).user_ids[:1]
        if not user:
            email = email_normalize(partner.email)
            user = user.with_context(no_reset_password=True).create(
                {
                    "login": email,
                    "email": email,
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "company_ids": [(6, 0, company.ids)],
                    "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)],
                    "tz": self.sudo().student_id.school_id.tz,
                }
            )
        # A colleague's login is not widened: staff get companies from administrators,
        # and their children's pages do not ask for any (_get_portal_students).
        elif user.share and company not in user.company_ids:
            user.write({"company_ids": [(4, company.id)]})
        return user
