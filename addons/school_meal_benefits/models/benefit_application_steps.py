from odoo import fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import groupby

from .benefit_lock import claim

DEADLINE_ACTIVITIES = ("register", "decide", "order")


class BenefitApplication(models.Model):
    """Steps: registration in the journal, proposal for an order, withdrawal."""

    _inherit = "benefit.application"

    # === ACTIONS === #

    def action_register(self):
        """Enter the applications into the journal, in the order they were handed in."""
        self.check_access("write")
        self._lock()
        drafts = self.sorted(lambda one: (one.submitted_on, one.id))
        if any(application.state != "draft" for application in drafts):
            raise UserError(self.env._("Only drafts can be registered."))
        drafts._refresh_facts()
        # whatever became of the rows of a draft: the journal gets the whole list
        drafts._write_checklist()
        for application in drafts:
            application._check_registrable()
        self._check_no_twins()
        now = fields.Datetime.now()
        calendar = self.env["school.calendar"]

        def get_journal(application):
            return application.school_id, application.school_year_start

        for (school, year), items in groupby(drafts, get_journal):
            today = calendar._local_date(school, now)
            # sudo: the counter of a school is kept by code only
            numbers = self.env["benefit.journal"]._take_numbers(
                school.sudo(), year, len(items)
            )
            for application, number in zip(items, numbers, strict=True):
                # sudo: only this step gives number and time
                application.sudo().write(
                    {
                        "number": number,
                        "registered_at": now,
                        "registered_by_id": self.env.uid,
                        "state": "registered",
                        "is_registered_late": today > application.register_by,
                    }
                )
        self._close_deadlines("register")

    def action_put_on_order(self):
        """Make a draft order of the chosen applications, one per school."""
        self.env["benefit.order"].check_access("create")
        self.check_access("write")
        self._lock()
        for application in self:
            if problem := application._get_order_problem():
                raise UserError(
                    self.env._(
                        "%(application)s: %(problem)s",
                        application=application.display_name,
                        problem=problem,
                    )
                )
        orders = self.env["benefit.order"]
        for school, items in groupby(self, lambda one: one.school_id):
            order = orders.create({"school_id": school.id})
            # sudo: only this step puts applications on an order
            self.browse(one.id for one in items).sudo().order_id = order
            orders += order
        return orders._get_records_action(name=self.env._("Orders"))

    def action_take_off_order(self):
        self.check_access("write")
        if any(application.order_id.state == "signed" for application in self):
            raise UserError(self.env._("The order is signed: it stays as it is."))
        orders = self.order_id
        self.sudo().order_id = False  # sudo: only this step takes it off
        orders._uncheck()

    def action_open_refusal(self):
        self.ensure_one()
        return self._open_wizard("benefit.refusal", self.env._("Refuse"))

    def action_open_withdrawal(self):
        self.ensure_one()
        return self._open_wizard("benefit.withdrawal", self.env._("Withdraw"))

    def action_open_decisions(self):
        self.ensure_one()
        return self.decision_ids._get_records_action(name=self.env._("Decisions"))

    def action_print_sheet(self):
        self.ensure_one()
        return self._get_print_action("sheet")

    def _open_wizard(self, model, name):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "form",
            "target": "new",
            "context": {"default_application_id": self.id},
        }

    def _get_print_action(self, form):
        return {
            "type": "ir.actions.act_url",
            "url": f"/school_meal/benefit/{form}/{self.id}.pdf",
            "target": "new",
        }

    # === BUSINESS METHODS === #

    def _lock(self):
        """Let two people not take the same step with the same application, nor one
        change its papers while another decides by them."""
        self.env.flush_all()
        self.env.execute_query(claim("benefit_application", self.ids))
        self.invalidate_recordset(["state", "order_id", "number"])

    def _lock_papers(self):
        """Let nobody check or sign by papers that are changing: a draft is on no
        order."""
        if applications := self.filtered(lambda one: one.state != "draft"):
            applications._lock()

    def _check_registrable(self):
        self.ensure_one()
        if problem := self._get_category_problem():
            raise ValidationError(problem)
        if not (self.applicant_name or "").strip():
            raise ValidationError(self.env._("Enter who applies."))
        # sudo: only whether the numbers are there, for which nobody needs to see them
        if not self.sudo().applicant_snils or not self.student_id.sudo().snils:
            raise ValidationError(
                self.env._(
                    "The application has to give the SNILS of the child and of the"
                    " applicant. The child's is on the student's form."
                )
            )
        today = self.env["school.calendar"]._local_date(self.school_id)
        if self.submitted_on > today:
            raise ValidationError(
                self.env._("The application is handed in on a day that is to come.")
            )

    def _check_no_twins(self):
        """Refuse a second open application of a child for the same category."""
        groups = self._read_group(
            [
                ("student_id", "in", self.student_id.ids),
                ("state", "in", ["draft", "registered"]),
                "|",
                ("state", "=", "registered"),
                ("id", "in", self.ids),
            ],
            ["student_id", "school_year_start", "category_id"],
            having=[("__count", ">", 1)],
        )
        wanted = {
            (one.student_id, one.school_year_start, one.category_id) for one in self
        }
        for key in groups:
            if key in wanted:
                raise UserError(
                    self.env._(
                        "%s already has an open application for this category.",
                        key[0].display_name,
                    )
                )

    def _get_order_problem(self):
        """Return why the application cannot be put on an order, a sentence, or None."""
        self.ensure_one()
        if self.state != "registered":
            return self.env._("only a registered application can be put on an order.")
        if self.order_id:
            return self.env._(
                "it is on an order already: %s.", self.order_id.display_name
            )
        return self._get_grant_problem() or self._get_category_problem()

    def _withdraw(self, note):
        """Take applications back at the applicant's wish; the number stays used."""
        self.check_access("write")
        self._lock()
        for application in self:
            if application.state not in ("draft", "registered"):
                raise UserError(application._get_closed_message())
        if not (note or "").strip():
            raise UserError(self.env._("Say why the application is withdrawn."))
        self.action_take_off_order()
        # sudo: only this step ends an application without a decision
        self.sudo().write({"state": "withdrawn"})
        for application in self:
            application._message_log(body=self.env._("Withdrawn: %s", note.strip()))
        self.request_ids.filtered(lambda one: one.state in ("draft", "sent"))._cancel()
        self._close_deadlines(*DEADLINE_ACTIVITIES)

    def _check_decider(self):
        """Refuse whoever is not a head of the schools concerned."""
        user = self.env.user
        # sudo: who works at a school, whoever asks
        mine = user.sudo().school_ids
        if not user.has_group("school_meal_base.group_head") or any(
            application._get_deciding_school() not in mine for application in self
        ):
            raise AccessError(
                self.env._(
                    "Only the head of the school, or a deputy with this role there,"
                    " decides on applications."
                )
            )

    def _get_deciding_school(self):
        """Return the school whose head decides: the child's of today. The application
        stays in the journal of the school that registered it."""
        self.ensure_one()
        # sudo: whoever may see the application may know where the child goes
        return self.student_id.sudo().school_id.sudo(self.env.su) or self.school_id

    def _close_deadlines(self, *kinds):
        """End reminders of steps that are done."""
        # sudo: reminders are other people's too
        self.sudo().activity_unlink(
            [f"school_meal_benefits.activity_{kind}" for kind in kinds]
        )

    def _get_address(self):
        """Return where letters to the applicant go, one line."""
        # sudo: a contact of the child's family, for a letter of the school
        person = self.sudo().applicant_id.partner_id
        if not person.street:
            person = self.sudo().student_id.partner_id
        parts = (person.zip, person.city, person.street, person.street2)
        return ", ".join(filter(None, parts))
