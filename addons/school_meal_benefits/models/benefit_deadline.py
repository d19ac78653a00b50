from odoo import api, fields, models
from odoo.tools import SQL

from ..const import DEADLINE_KINDS
from ..domain import deadlines

#: Reminders come when this many working days are left, or fewer: the shortest terms of
#: orders and letters are two days, and who is reminded on the last one is late.
REMIND_DAYS = 2
MODELS = {
    "register": "benefit.application",
    "decide": "benefit.application",
    "order": "benefit.application",
    "notice": "benefit.notice",
    "request": "benefit.request",
}


class BenefitDeadline(models.Model):
    """What has to be done by when: the open terms of all papers, as they are now.

    A view of the database: nothing is stored, so nothing can be out of date.
    """

    _name = "benefit.deadline"
    _description = "Deadline"
    _auto = False
    _order = "due_on, school_id, id"
    _rec_name = "kind"
    # what has to be in the database before the view is read
    _depends = {
        "benefit.application": [
            "state",
            "origin",
            "register_by",
            "decide_by",
            "order_by",
            "proposal_ground",
            "school_id",
            "company_id",
            "student_id",
        ],
        "benefit.request": [
            "state",
            "due_on",
            "application_id",
            "school_id",
            "company_id",
            "student_id",
        ],
        "benefit.notice": [
            "sent_on",
            "due_on",
            "decision_id",
            "school_id",
            "company_id",
            "student_id",
        ],
        "benefit.decision": ["application_id"],
    }

    kind = fields.Selection(DEADLINE_KINDS, "To be done", readonly=True)
    due_on = fields.Date("By", readonly=True)
    school_id = fields.Many2one("school.school", "School", readonly=True)
    company_id = fields.Many2one("res.company", "Municipality", readonly=True)
    student_id = fields.Many2one("school.student", "Student", readonly=True)
    application_id = fields.Many2one("benefit.application", readonly=True)
    request_id = fields.Many2one("benefit.request", readonly=True)
    notice_id = fields.Many2one("benefit.notice", readonly=True)
    urgency = fields.Selection(
        [
            ("overdue", "Overdue"),
            ("today", "Today"),
            ("soon", "Next working day"),
            ("open", "Later"),
        ],
        compute="_compute_urgency",
    )
    days_left = fields.Integer(
        "Working days left", compute="_compute_urgency", aggregator=False
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT id * 5 AS id, 'register' AS kind, register_by AS due_on,
                   school_id, company_id, student_id, id AS application_id,
                   NULL::int AS request_id, NULL::int AS notice_id
              FROM benefit_application
             WHERE state = 'draft' AND origin <> 'campaign'
             UNION ALL
            SELECT id * 5 + 1, 'decide', decide_by, school_id, company_id, student_id,
                   id, NULL, NULL
              FROM benefit_application WHERE state = 'registered'
             UNION ALL
            SELECT id * 5 + 2, 'order', order_by, school_id, company_id, student_id,
                   id, NULL, NULL
              FROM benefit_application
             WHERE state = 'registered' AND proposal_ground IS NULL
             UNION ALL
            SELECT request.id * 5 + 3, 'request',
                   COALESCE(request.due_on, application.register_by),
                   request.school_id, request.company_id, request.student_id,
                   request.application_id, request.id, NULL
              FROM benefit_request AS request
              JOIN benefit_application AS application
                ON application.id = request.application_id
             WHERE request.state IN ('draft', 'sent')
             UNION ALL
            SELECT notice.id * 5 + 4, 'notice', notice.due_on, notice.school_id,
                   notice.company_id, notice.student_id, decision.application_id, NULL,
                   notice.id
              FROM benefit_notice AS notice
         LEFT JOIN benefit_decision AS decision ON decision.id = notice.decision_id
             WHERE notice.sent_on IS NULL
            """
        )

    # === COMPUTE METHODS === #

    @api.depends("due_on", "school_id")
    def _compute_urgency(self):
        calendar = self.env["school.calendar"]
        today = {school: calendar._local_date(school) for school in self.school_id}
        for row in self:
            if not row.due_on or not row.school_id:  # done meanwhile
                row.urgency, row.days_left = "open", 0
                continue
            day = today[row.school_id]
            row.urgency = deadlines.state(day, row.due_on)
            row.days_left = deadlines.days_left(day, row.due_on)

    # === ACTIONS === #

    def action_open(self):
        """Open the paper that waits."""
        self.ensure_one()
        return self._get_paper()._get_records_action()

    # === BUSINESS METHODS === #

    def _get_paper(self):
        self.ensure_one()
        return self.notice_id or self.request_id or self.application_id

    @api.model
    def _cron_remind(self):
        """Remind the person responsible and the head of what is due or missed, once."""
        # sudo: the scheduler works for all schools
        today = fields.Date.today()
        latest = deadlines.due(today, REMIND_DAYS + 1)
        self.invalidate_model()
        rows = self.sudo().search([("due_on", "<=", latest)])
        rows = rows.filtered(lambda row: row.days_left <= REMIND_DAYS)
        for company, items in rows.grouped("company_id").items():
            items.with_company(company)._remind()

    def _remind(self):
        """Make the activities that are not there yet, in bulk."""
        kinds = {
            kind: self.env.ref(f"school_meal_benefits.activity_{kind}")
            for kind, __ in DEADLINE_KINDS
        }
        known = self._find_reminders(kinds)
        vals_list = []
        for row in self:
            paper = row._get_paper()
            school = row.school_id
            for user in school.meals_responsible_id | school.head_id:
                key = paper._name, paper.id, kinds[row.kind].id, user.id
                if reminder := known.get(key):
                    # the term moved: papers came later, a request was sent
                    if reminder.date_deadline != row.due_on:
                        reminder.date_deadline = row.due_on
                    continue
                vals_list.append(
                    {
                        "res_model_id": self.env["ir.model"]._get_id(paper._name),
                        "res_id": paper.id,
                        "activity_type_id": kinds[row.kind].id,
                        "date_deadline": row.due_on,
                        "user_id": user.id,
                        "automated": True,
                    }
                )
        # no letter for each: the list and the clock of the screen tell
        quiet = self.env["mail.activity"].with_context(mail_activity_quick_update=True)
        return quiet.create(vals_list)

    def _find_reminders(self, kinds):
        """Return {(model, id, type id, user id): reminder} of those that are open."""
        activities = self.env["mail.activity"].search(
            [
                ("res_model", "in", list(set(MODELS.values()))),
                ("activity_type_id", "in", [kind.id for kind in kinds.values()]),
            ]
        )
        return {
            (one.res_model, one.res_id, one.activity_type_id.id, one.user_id.id): one
            for one in activities
        }
