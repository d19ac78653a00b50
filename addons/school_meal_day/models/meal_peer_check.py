from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import format_date

from ..domain import peer_checks

#: The nightly run looks at these last days: facts of tablets that were without network
#: arrive late. A finding is made once, however often its day is looked at.
DAYS_BACK = 14
#: Who may start the checks; heads and operators read what was found.
RUN_GROUPS = ("school_meal_base.group_department", "school_meal_base.group_accountant")


class MealPeerCheck(models.AbstractModel):
    """Runs the checks that peers make of the meal days; findings become incidents.

    Rules are in ``domain/peer_checks.py``, facts in ``meal_peer_check_facts.py``.
    """

    _name = "meal.peer.check"
    _description = "Checks of the Meal Days"

    # === ACTION METHODS === #

    @api.model
    def action_check(self):
        """Check now the schools that the user may see; return what to show."""
        if not any(self.env.user.has_group(group) for group in RUN_GROUPS):
            raise AccessError(
                self.env._("Checks are run by the department and by accountants.")
            )
        schools = self.env["school.school"].search(
            [("company_id", "in", self.env.companies.ids)]
        )
        count = len(self._check(schools))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if count else "success",
                "message": self.env._("New findings: %s.", count)
                if count
                else self.env._("No new findings."),
                # by its name: the browser shows the help of a whole action as text
                "next": "school_meal_day.meal_incident_action_peer_checks",
            },
        }

    # === BUSINESS METHODS === #

    @api.model
    def _cron_check(self):
        schools = self.env["school.school"].search([("active", "=", True)])
        companies = schools.grouped("company_id")
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(companies))
        for company, schools in companies.items():
            # findings are read by the people of the municipality
            lang = company.partner_id.lang or self.env.lang
            self.with_context(lang=lang)._check(schools)
            if not cron._commit_progress(1):
                break

    @api.model
    def _check(self, schools, date_to=None):
        """Check the last days of schools of one or more municipalities.

        :return: the incidents opened now
        """
        if not schools:
            return self.env["meal.incident"]
        date_to = date_to or fields.Date.context_today(self)
        span = date_to - timedelta(days=DAYS_BACK), date_to
        # sudo: the checks read everything, whoever starts them; findings go to those
        # who may read incidents
        facts = self.sudo()
        issues = facts._get_issues(schools, *span)
        class_meals = facts._get_class_meals(schools, *span)
        month = date_to.replace(day=1)
        findings = [
            *peer_checks.over_present(class_meals),
            *peer_checks.full_issue(class_meals),
            *peer_checks.duplicates(issues),
            *peer_checks.outside_hours(issues),
            *peer_checks.backdated(facts._get_changes(schools, *span)),
            *peer_checks.unusual_refunds(
                facts._get_refunds(schools.company_id, month, date_to), f"{month:%Y-%m}"
            ),
            *peer_checks.not_fed(facts._get_fed(schools, *span)),
        ]
        return facts._report(findings)

    @api.model
    def _report(self, findings):
        """Open an incident for what was never found before: an explained finding does
        not come back every night, for its facts never change."""
        incidents = self.env["meal.incident"]
        keys = [finding.key for finding in findings]
        known = set(
            incidents._read_group(
                [("kind", "in", peer_checks.KINDS), ("key", "in", keys)],
                ["kind", "key"],
            )
        )
        fresh = [each for each in findings if (each.kind, each.key) not in known]
        return incidents._report([self._prepare_incident(each) for each in fresh])

    @api.model
    def _prepare_incident(self, finding):
        school = self.env["school.school"].browse(finding.school or ())
        domain = [("id", "in", list(finding.ids))]
        if finding.kind == peer_checks.REFUNDS:
            domain = [
                ("user_id", "=", finding.values["user"]),
                ("kind", "=", "refund"),
                ("company_id", "=", finding.values["company"]),
            ]
        return {
            "kind": finding.kind,
            "key": finding.key,
            "severity": finding.severity,
            "school_id": school.id or False,
            "company_id": school.company_id.id or finding.values.get("company"),
            "summary": self._tell(finding),
            "details": {
                "kind": finding.kind,
                "model": finding.model,
                "domain": domain,
            },
        }

    @api.model
    def _tell(self, finding):
        """Return the plain sentence of a finding."""
        _, values = self.env._, self._name_values(finding.values)
        sentences = {
            peer_checks.OVER_PRESENT: _(
                "%(class)s on %(day)s: %(issued)s portions of %(meal)s were given out,"
                " %(present)s children were present; free of charge %(entitled_issued)s"
                " of %(entitled)s."
            ),
            peer_checks.FULL_ISSUE: _(
                "%(class)s on %(day)s: all %(enrolled)s children had %(meal)s, but only"
                " %(present)s were present."
            ),
            peer_checks.DUPLICATE: _(
                "One child was given the same meal %(count)s times on %(day)s, on"
                " different devices."
            ),
            peer_checks.OUTSIDE_HOURS: _(
                "%(count)s portions of %(day)s were given out outside serving hours or"
                " on another day."
            ),
            peer_checks.BACKDATED: _(
                "%(user)s changed %(count)s records of the past on %(day)s, up to"
                " %(late)s days back."
            ),
            peer_checks.REFUNDS: _(
                "%(user)s gave back %(amount)s roubles in %(count)s refunds this month,"
                " far more than usual."
            ),
            peer_checks.NOT_FED: _(
                "A child entitled to a free meal was present and not fed on %(days)s"
                " school days running, from %(day)s to %(last)s."
            ),
        }
        return sentences[finding.kind] % values

    @api.model
    def _name_values(self, values):
        """Replace ids, dates and kopecks by what people read."""
        named = dict(values)
        for key in ("day", "last"):
            if key in values:
                named[key] = format_date(self.env, values[key])
        if "class" in values:
            school_class = self.env["school.class"].browse(values["class"])
            school = school_class.school_id.short_name
            named["class"] = f"{school}, {school_class.name}"
        if "meal" in values:
            named["meal"] = self.env["meal.type"].browse(values["meal"]).name
        if "user" in values:
            user = self.env["res.users"].browse(values["user"] or ())
            named["user"] = user.name or self.env._("The system")
        if "amount" in values:
            named["amount"] = f"{values['amount'] / 100:.2f}"
        return named
