from datetime import timedelta

from odoo import api, models

from .. import benefits


class MealDemo(models.AbstractModel):
    """Histories of single children, each planned on the agenda; see `FATES`.

    Days are counted in working days before today.
    """

    _inherit = "meal.demo"

    @api.model
    def _take_in(self, school, student, category, registered=True, **papers):
        """Take in one application with its papers; see `_bring`."""
        vals = papers.pop("vals", {})
        application = self._hand_in(school, [(student, category)], **vals)
        self._bring(application, **papers)
        if registered:
            application.action_register()
        return self._settle(application)

    @api.model
    def _grant(self, school, student, category, **papers):
        self._sign_order(school, self._take_in(school, student, category, **papers))

    @api.model
    def _find_benefit(self, school, student, category):
        return self._as_clerk(school)["benefit.entitlement"].search(
            [("student_id", "=", student.id), ("category_id", "=", category.id)],
            limit=1,
        )

    # === GRANTED, AND ITS END === #

    @api.model
    def _fate_expires(self, agenda, school, student, category):
        """What proves the ground ends in three weeks: on the radar."""
        today = self.env["school.calendar"]._local_date(school)
        self._plan_grant(
            agenda, school, student, category, valid_to=today + timedelta(days=20)
        )

    @api.model
    def _plan_grant(self, agenda, school, student, category, **papers):
        def grant():
            self._grant(school, student, category, **papers)

        agenda.add(self._after_begin(school, 2), 10, grant)

    @api.model
    def _fate_moved(self, agenda, school, student, category):
        """The benefit goes along to another school of the municipality."""
        self._plan_grant(agenda, school, student, category)
        target = self._get_schools(school.company_id)[1]
        school_class = target.class_ids.filtered(
            lambda one: one.name == student.class_id.name
        )
        agenda.add(
            self._before_today(school, 10), 9, self._move, student, target, school_class
        )

    @api.model
    def _move(self, student, school, school_class):
        department = self._as_staff(school.company_id, "department")
        wizard = department["school.student.transfer"].create(
            {
                "student_ids": [(6, 0, student.ids)],
                "school_id": school.id,
                "class_id": school_class.id,
            }
        )
        wizard.action_transfer()
        self._settle(wizard)

    @api.model
    def _fate_left(self, agenda, school, student, category):
        self._plan_grant(agenda, school, student, category)
        agenda.add(self._before_today(school, 6), 15, self._leave, school, student)

    @api.model
    def _leave(self, school, student):
        wizard = (
            self._as_clerk(school)["school.student.leave"]
            .with_context(active_model="school.student", active_ids=student.ids)
            .create({})
        )
        wizard.line_ids.filtered("balance").disposition = "keep"
        wizard.action_leave()
        self._settle(wizard)

    @api.model
    def _fate_lost(self, agenda, school, student, category):
        """Income rose: the ground is gone."""
        self._plan_grant(agenda, school, student, category)
        self._plan_end(agenda, school, student, category, 5, 7, "ground_lost")

    @api.model
    def _fate_served(self, agenda, school, student, category):
        self._plan_grant(agenda, school, student, category)
        self._plan_end(agenda, school, student, category, 8, 10, "service_ended")

    @api.model
    def _fate_served_late(self, agenda, school, student, category):
        """Told after the five days of item 42: meals eaten since are corrected."""
        self._plan_grant(agenda, school, student, category)
        self._plan_end(agenda, school, student, category, 3, 13, "service_ended")

    @api.model
    def _fate_withdrawn_right(self, agenda, school, student, category):
        self._plan_grant(agenda, school, student, category)
        self._plan_end(agenda, school, student, category, 9, 9, "withdrawn")

    @api.model
    def _plan_end(self, agenda, school, student, category, told, since, ground):
        """Plan that a ground which went so many days ago is told later."""
        ground_on = self._before_today(school, since)

        def end():
            wizard = self._as_head(school)["benefit.end.record"].create(
                {
                    "entitlement_ids": [
                        (6, 0, self._find_benefit(school, student, category).ids)
                    ],
                    "ground": ground,
                    "ground_on": ground_on,
                    "basis": f"Уведомление родителя от {ground_on:%d.%m.%Y}",
                }
            )
            wizard.action_record()
            self._settle(wizard)

        agenda.add(self._before_today(school, told), 11, end)

    # === ANOTHER DECISION === #

    @api.model
    def _fate_corrected(self, agenda, school, student, category):
        """The order was late by the school's fault: granted from the application on."""
        applied = self._before_today(school, 12)
        agenda.add(applied, 10, self._take_in, school, student, category)
        agenda.add(
            self._before_today(school, 8), 16, self._decide, school, student, category
        )
        self._plan_supersession(
            agenda,
            school,
            student,
            category,
            result="granted",
            effective_on=applied,
            explanation="Приказ издан с опозданием по вине школы: питание с даты"
            " заявления.",
        )

    @api.model
    def _fate_mistaken(self, agenda, school, student, category):
        """The paper turned out to be of another family."""
        agenda.add(
            self._before_today(school, 11), 10, self._grant, school, student, category
        )
        self._plan_supersession(
            agenda,
            school,
            student,
            category,
            result="refused",
            refusal_ground="documents",
            explanation="Сведения о доходах относятся к другой семье.",
        )

    @api.model
    def _plan_supersession(self, agenda, school, student, category, **vals):
        def supersede():
            application = self._find_application(school, student, category)
            papers = application.document_ids.filtered(
                lambda row: row.provider == "request"
            )
            wizard = self._as_head(school)["benefit.supersession"].create(
                {
                    "decision_id": application.decision_ids[:1].id,
                    # looked at only where the ground is the papers
                    "void_document_ids": papers.ids,
                    **vals,
                }
            )
            wizard.action_decide()
            self._settle(wizard)

        agenda.add(self._before_today(school, 4), 12, supersede)

    # === REFUSED === #

    @api.model
    def _fate_refused_papers(self, agenda, school, student, category):
        self._plan_refusal(agenda, school, student, category, 13, sent=1)

    @api.model
    def _fate_refused_late(self, agenda, school, student, category):
        """The letter went out after its two working days."""
        self._plan_refusal(agenda, school, student, category, 16, sent=5)

    @api.model
    def _fate_refused_today(self, agenda, school, student, category):
        """The letter is due today and waits for the clerk."""
        self._plan_refusal(agenda, school, student, category, 3)

    @api.model
    def _fate_refused_authority(self, agenda, school, student, category):
        """The grandmother came without a power of attorney."""
        self._plan_refusal(
            agenda,
            school,
            student,
            category,
            9,
            sent=0,
            ground="authority",
            vals={
                "applicant_id": False,
                "applicant_name": "Соколова Раиса Захаровна",
                "authority": "none",
            },
        )

    @api.model
    def _plan_refusal(
        self,
        agenda,
        school,
        student,
        category,
        days,
        *,
        sent=None,
        ground="documents",
        vals=None,
    ):
        """Plan a refusal a day after the application, its letter `sent` days on."""
        proof = category.requirement_ids.sorted("sequence")[-1:].code
        missing = (proof,) if ground == "documents" else ()

        def take_in():
            self._take_in(school, student, category, without=missing, vals=vals or {})

        agenda.add(self._before_today(school, days), 10, take_in)
        agenda.add(
            self._before_today(school, days - 1),
            12,
            self._refuse,
            school,
            student,
            category,
            ground,
        )
        if sent is not None:
            agenda.add(
                self._before_today(school, days - 1 - sent),
                15,
                self._send_letter,
                school,
                student,
                category,
            )

    @api.model
    def _refuse(self, school, student, category, ground="documents"):
        application = self._find_application(school, student, category)
        wizard = self._as_head(school)["benefit.refusal"].create(
            {"application_id": application.id, "ground": ground}
        )
        wizard.action_refuse()
        self._settle(wizard)

    @api.model
    def _send_letter(self, school, student, category):
        application = self._find_application(school, student, category)
        letter = application.decision_ids.notice_ids
        by_post = application.applicant_id
        letter.write(
            {
                "method": "post" if by_post else "hand",
                "address": "ул. Школьная, д. 12, кв. 7",
                "tracking_number": f"45640092{letter.id:06d}" if by_post else False,
            }
        )
        letter.action_dispatch()
        self._settle(letter)

    # === LATE, WITHDRAWN === #

    @api.model
    def _fate_registered_late(self, agenda, school, student, category):
        """Three days on the clerk's table: late in the journal, late in the order."""
        day = self._before_today(school, 9)

        def take_in():
            self._take_in(school, student, category, registered=False)

        def register():
            application = self._find_application(school, student, category)
            application.action_register()
            self._settle(application)

        agenda.add(day, 10, take_in)
        agenda.add(self._before_today(school, 6), 9, register)
        agenda.add(
            self._before_today(school, 5), 9, self._decide, school, student, category
        )

    @api.model
    def _fate_withdrawn(self, agenda, school, student, category):
        def withdraw():
            application = self._find_application(school, student, category)
            wizard = self._as_clerk(school)["benefit.withdrawal"].create(
                {
                    "application_id": application.id,
                    "note": "Семья переехала ближе к школе, подвоз не нужен.",
                }
            )
            wizard.action_withdraw()
            self._settle(wizard)

        agenda.add(
            self._before_today(school, 11), 10, self._take_in, school, student, category
        )
        agenda.add(self._before_today(school, 10), 10, withdraw)

    # === REQUESTS TO OTHER BODIES === #

    @api.model
    def _fate_waiting(self, agenda, school, student, category):
        """Asked yesterday."""
        self._plan_request(agenda, school, student, category, 1)

    @api.model
    def _fate_overdue(self, agenda, school, student, category):
        """Nobody answered in time."""
        self._plan_request(agenda, school, student, category, 10)

    @api.model
    def _fate_negative(self, agenda, school, student, category):
        """The body did not confirm: refused with a letter."""
        self._plan_request(agenda, school, student, category, 14)
        agenda.add(
            self._before_today(school, 9), 12, self._deny, school, student, category
        )
        agenda.add(
            self._before_today(school, 8),
            14,
            self._send_letter,
            school,
            student,
            category,
        )

    @api.model
    def _plan_request(self, agenda, school, student, category, days):
        def ask():
            application = self._take_in(
                school,
                student,
                category,
                without=("request",),
                vals={"note": benefits.NO_ANSWER},
            )
            application.action_make_requests()
            application.request_ids.action_send()
            self._settle(application)

        agenda.add(self._before_today(school, days), 10, ask)

    @api.model
    def _deny(self, school, student, category):
        application = self._find_application(school, student, category)
        application.request_ids.answer = "№ 03-1187, доход выше прожиточного минимума"
        application.request_ids.action_deny()
        self._settle(application)
        self._refuse(school, student, category)

    # === WAITING TODAY === #

    @api.model
    def _fate_ready(self, agenda, school, student, category):
        """All papers are there: it waits for an order."""
        agenda.add(
            self._before_today(school, 1), 14, self._take_in, school, student, category
        )

    @api.model
    def _fate_incomplete(self, agenda, school, student, category):
        proof = category.requirement_ids.sorted("sequence")[-1:]

        def take_in():
            self._take_in(school, student, category, without=(proof.code,))

        agenda.add(self._before_today(school, 2), 14, take_in)

    @api.model
    def _fate_draft(self, agenda, school, student, category):
        """Handed in yesterday, not yet in the journal."""

        def take_in():
            self._take_in(
                school, student, category, registered=False, without=("request",)
            )

        agenda.add(self._before_today(school, 1), 16, take_in)
