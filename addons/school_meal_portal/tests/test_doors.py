import base64
import threading
from datetime import date
from unittest.mock import patch

from odoo import Command, http
from odoo.tests import mute_logger, tagged

from odoo.addons.school_meal_base.tests.common import ROLES

from .common import PASSWORD, PortalCase
from .route_matrix import TABLE

#: A picture of one point.
PHOTO = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    "AABJRU5ErkJggg=="
)


def parse(text):
    """Return {(address, method): {role: status}} of a table."""
    header, *lines = [line for line in text.strip().splitlines() if line.strip()]
    roles = [cell.strip() for cell in header.split("|")][2:]
    table = {}
    for line in lines:
        url, method, *cells = [cell.strip() for cell in line.split("|")]
        table[url, method] = dict(zip(roles, cells, strict=True))
    return table


@tagged("post_install", "-at_install")
class TestDoors(PortalCase):
    """All routes of our add-ons: who they are for, and protection of forms."""

    #: Routes of our add-ons open without signing in, with the reason.
    PUBLIC = {
        "/my/terms": "people read the terms before they sign in",
        "/my/recovery-email/confirm": "the link of a letter is its own permission",
        "/school_meal/v1/ping": "a device asks whether the server is there",
        "/school_meal/serve": "the page of the tablet says nothing of anybody",
        "/school_meal/serve/sw.js": "a part of that page",
        "/school_meal/serve/schools": "says whether somebody has signed in",
        "/school_access/v1/edge/enrol": "a gateway brings its code of one use",
        "/school_access/v1/verify/request/<string:uuid>": "the call is signed",
        "/school_access/v1/verify/point/<int:point_id>": "the call is signed",
        "/school_access/v1/c/<string:secret>": "the path is the secret of a controller",
        "/school_access/v1/t/<string:secret>": "the path is the secret of a turnstile",
    }
    #: Who else may call a route: `device` brings a token of its own.
    SIGNED_IN = {"user", "school_device"}

    #: Calls of programs, which bring a token, a secret or a signature.
    OF_DEVICES = ("/school_meal/v1/", "/school_access/v1/")

    #: Core's addresses of files: `school_meal_benefits` only gives a scan a cursor that
    #: can write its line of the log, who may have the file is core's question.
    OF_CORE = ("/web/content", "/web/image")

    def _our_routes(self):
        """Yield (address, routing) of the routes that our add-ons answer."""
        # The routing map asks the thread for its database, as a request sets it.
        thread = threading.current_thread()
        with patch.object(thread, "dbname", self.env.cr.dbname, create=True):
            rules = self.env["ir.http"].routing_map()
        for rule in rules.iter_rules():
            endpoint = rule.endpoint
            module = endpoint.func.__module__
            if rule.rule.startswith(self.OF_CORE):
                continue
            if module.startswith("odoo.addons.school_"):
                yield rule.rule, endpoint.routing

    def test_routes_without_sign_in_are_known(self):
        found = {
            url for url, routing in self._our_routes()
            if routing["auth"] not in self.SIGNED_IN
        }  # fmt: skip
        self.assertEqual(found, set(self.PUBLIC))

    def test_forms_are_protected_against_other_sites(self):
        for url, routing in self._our_routes():
            # Devices bring a token of their own: there is no cookie to abuse.
            if routing["type"] == "http" and not url.startswith(self.OF_DEVICES):
                with self.subTest(url=url):
                    self.assertIsNot(routing.get("csrf"), False)

    # === WHO GETS WHAT === #

    @mute_logger("odoo.http")
    def test_every_address_answers_each_role_as_the_table_says(self):
        table = parse(TABLE)
        routes = {url: routing for url, routing in self._our_routes()}
        self.assertFalse(routes.keys() - {url for url, __ in table}, "add a row")
        samples = self._get_samples()
        wrong = []
        for role, login in self._get_logins().items():
            self.authenticate(*login)
            for (url, method), cells in table.items():
                if url in routes:
                    status = self._ask(method, samples.get(url, url))
                    if str(status) != cells[role]:
                        wrong.append(
                            f"{role} {method} {url}: {status}, not {cells[role]}"
                        )
        self.assertFalse(wrong, "\n" + "\n".join(wrong))

    def test_every_method_of_a_route_has_a_row(self):
        table = parse(TABLE)
        missing = {
            (url, method)
            for url, routing in self._our_routes()
            for method in routing.get("methods") or ["GET"]
        } - table.keys()
        self.assertFalse(missing)

    def _ask(self, method, url):
        if method == "GET":
            return self.url_open(url, allow_redirects=False).status_code
        data = {"csrf_token": http.Request.csrf_token(self), "name": "X"}
        return self.url_open(url, data=data, allow_redirects=False).status_code

    def _get_logins(self):
        """Who asks; the mother last, as she removes the relative."""
        self._make_roles()
        users = {role: self.roles[role] for role in (*ROLES, "nobody")}
        people = {
            "father": self.father_user,
            "student": self.student_user,
            "supplier": self.supplier_user,
            "mother": self.mother_user,
        }
        logins = {role: (user.login, user.login) for role, user in users.items()}
        logins |= {name: (user.login, PASSWORD) for name, user in people.items()}
        self.operator = users["operator"]
        return {"public": (None, None), **logins}

    def _get_samples(self):
        """Addresses with the numbers of records in them."""
        child = f"/my/children/{self.student.id}"
        self.student.image_1920 = PHOTO
        # Core's own limit per address would stop the wrong passwords of this test.
        self.env["ir.config_parameter"].set_param("base.login_cooldown_after", 0)
        guardians = self.env["school.guardian"]
        row = guardians._add_from_portal(self.mother, self.student, "other", "Aunt")
        operator = self._new_user("printer", "group_operator", self.school)
        job = self._as(operator, "school.card.print").create({})
        handover = self.env["school.card.handover"].create(
            {"school_id": self.school.id, "receiver": "Orlova"}
        )
        return {
            **self._get_meal_day_samples(),
            **self._get_benefit_samples(),
            **self._get_passage_samples(child),
            **self._get_access_samples(),
            **self._get_post_samples(),
            "/my/children/<int:student_id>/statement": f"{child}/statement",
            "/my/children/<int:student_id>/statement.pdf": f"{child}/statement.pdf",
            "/my/children/<int:student_id>/relatives": f"{child}/relatives",
            "/my/children/<int:student_id>/relatives/<int:guardian_id>/remove":
                f"{child}/relatives/{row.id}/remove",
            "/school_meal/card_print/<int:print_id>":
                f"/school_meal/card_print/{job.id}",
            "/school_meal/card_handover/<int:handover_id>/list":
                f"/school_meal/card_handover/{handover.id}/list",
            "/school_meal_pos/photo/<int:student_id>":
                f"/school_meal_pos/photo/{self.student.id}",
        }  # fmt: skip

    @staticmethod
    def _get_passage_samples(child):
        """Those of `school_access_portal`; there is no permission to take back."""
        page = "/my/children/<int:student_id>"
        revoke = "leave/<int:permission_id>/revoke"
        return {
            **{f"{page}/{name}": f"{child}/{name}"
               for name in ("passes", "notices", "leave")},
            f"{page}/{revoke}": f"{child}/leave/999999/revoke",
        }  # fmt: skip

    def _get_access_samples(self):
        """Those of `school_access`."""
        if "access.site" not in self.env:
            return {}
        site = self.env["access.site"].create(
            {"name": "A site with a list", "school_id": self.school.id}
        )
        return {
            "/school_access/evacuation/<int:site_id>.pdf":
                f"/school_access/evacuation/{site.id}.pdf",
        }  # fmt: skip

    def _get_post_samples(self):
        """Those of the guard post of `school_access`."""
        if "access.post" not in self.env:
            return {}
        site = self.env["access.site"].create(
            {"name": "Main entrance", "school_id": self.school.id}
        )
        people = self.env["access.person"]
        person = people.search([("student_id", "=", self.student.id)])
        shift = self.env["access.shift"]._begin(site)
        post = "/school_access/post"
        return {
            f"{post}/<int:site_id>": f"{post}/{site.id}",
            f"{post}/photo/<int:person_id>": f"{post}/photo/{person.id}",
            "/school_access/shift/<int:shift_id>.pdf":
                f"/school_access/shift/{shift.id}.pdf",
        }  # fmt: skip

    def _get_benefit_samples(self):
        """Those of the applications of `school_meal_benefits`."""
        if "benefit.order" not in self.env:
            return {}
        order = self.env["benefit.order"].create({"school_id": self.school.id})
        span = "2026-11-01_2026-11-30"
        return {
            "/school_meal/benefit/<any(order,extract,notice,request,sheet):form>"
            "/<int:record_id>.pdf":
                f"/school_meal/benefit/order/{order.id}.pdf",
            "/school_meal/benefit/journal/<int:school_id>/<string:date_from>_"
            "<string:date_to>.<any(pdf,xlsx):extension>":
                f"/school_meal/benefit/journal/{self.school.id}/{span}.pdf",
            **self._get_office_samples(),
        }  # fmt: skip

    def _get_office_samples(self):
        """Files of the benefits that are not about one application."""
        place = {"company_id": self.city.id, "school_id": self.school.id}
        span = {"date_from": date(2026, 11, 1), "date_to": date(2026, 11, 30)}
        month = {"school_id": self.school.id, "month": date(2026, 9, 1)}
        children = {"student_ids": [Command.set(self.student.ids)]}
        run = self.env["benefit.audit.run"].create(place | span)
        pack = self.env["benefit.pack"].create(
            {"way": "child", "state": "done", **place, **span, **children}
        )
        campaign = self.env["benefit.campaign"].create({"company_id": self.city.id})
        compensation = self.env["compensation.month"].create(month)
        issue = self.env["benefit.milk.issue"].create({"school_id": self.school.id})
        journal = self.env["account.journal"].create(
            {
                "name": "Bank of the city",
                "code": "DOOR",
                "type": "bank",
                "company_id": self.city.id,
            }
        )
        payments = self.env["compensation.payment.list"].create(
            {"company_id": self.city.id, "journal_id": journal.id}
        )
        sheets = self.env["benefit.timesheet"].create({"school_id": self.school.id})
        package = self.env["egisso.package"].create(
            {
                "company_id": self.city.id,
                "uuid": "11111111-1111-1111-1111-111111111111",
                "version": "1.1.0",
                "xml_file": base64.b64encode(b"<a/>"),
            }
        )
        return {
            "/school_meal/audit/run/<int:run_id>.<any(pdf,xlsx):extension>":
                f"/school_meal/audit/run/{run.id}.xlsx",
            "/school_meal/audit/pack/<int:pack_id>.<any(pdf,zip):extension>":
                f"/school_meal/audit/pack/{pack.id}.pdf",
            "/school_meal/benefits/campaign/<int:campaign_id>.pdf":
                f"/school_meal/benefits/campaign/{campaign.id}.pdf",
            "/school_meal/compensation/month/<int:month_id>"
            ".<any(pdf,xlsx):extension>":
                f"/school_meal/compensation/month/{compensation.id}.pdf",
            "/school_meal/compensation/list/<int:list_id>"
            ".<any(pdf,xlsx,txt,csv):extension>":
                f"/school_meal/compensation/list/{payments.id}.xlsx",
            "/school_meal/benefit/timesheet/<int:wizard_id>"
            ".<any(pdf,zip):extension>":
                f"/school_meal/benefit/timesheet/{sheets.id}.zip",
            "/school_meal/milk/<int:issue_id>.pdf":
                f"/school_meal/milk/{issue.id}.pdf",
            "/school_meal/egisso/package/<int:package_id>"
            "/<any(xml,csv,xlsx,protocol):kind>":
                f"/school_meal/egisso/package/{package.id}/xml",
        }  # fmt: skip

    def _get_meal_day_samples(self):
        """Those of `school_meal_day`, which the portal does not need."""
        if "meal.snapshot" not in self.env:
            return {}
        snapshot = self.env["meal.snapshot"]._take(
            self.school, date(2026, 11, 16), "forecast"
        )
        sheet = self.env["meal.timesheet"]._generate(self.school, date(2026, 11, 1))
        sheet = sheet.filtered(lambda one: one.class_id == self.class_5a)[:1]
        cycle = self.env["meal.cycle"].create(
            {
                "name": "Cycle",
                "company_id": self.city.id,
                "age_group_id": self.env.ref("school_meal_day.meal_age_group_12").id,
                "date_from": date(2026, 9, 1),
            }
        )
        requirement = self.env["meal.requirement"].create(
            {"school_id": self.school.id, "date": date(2026, 11, 16)}
        )
        printed = self.env["meal.roster.print"].create(
            {"school_id": self.school.id, "date": date(2026, 11, 16)}
        )
        return {
            "/school_meal/menu/cycle/<int:cycle_id>":
                f"/school_meal/menu/cycle/{cycle.id}",
            "/school_meal/menu/requirement/<int:requirement_id>/<any(pdf,xlsx):kind>":
                f"/school_meal/menu/requirement/{requirement.id}/pdf",
            "/school_meal/roster/<int:print_id>": f"/school_meal/roster/{printed.id}",
            "/school_meal/timesheet/<int:sheet_id>.<any(pdf,xlsx):extension>":
                f"/school_meal/timesheet/{sheet.id}.pdf",
            "/school_meal/timesheets/<int:school_id>/<string:month>/<string:kind>"
            ".<any(pdf,zip):extension>":
                f"/school_meal/timesheets/{self.school.id}/2026-11/attendance.pdf",
            "/school_meal/v1/serve/photo/<int:student_id>":
                f"/school_meal/v1/serve/photo/{self.student.id}",
            "/school_attendance/register/<int:class_id>/<string:month>"
            ".<any(pdf,xlsx):extension>":
                f"/school_attendance/register/{self.class_5a.id}/2026-11.pdf",
            "/school_meal/class/<int:class_id>":
                f"/school_meal/class/{self.class_5a.id}",
            "/school_meal/kitchen/<int:school_id>":
                f"/school_meal/kitchen/{self.school.id}",
            "/school_meal/snapshot/<int:snapshot_id>/sheet":
                f"/school_meal/snapshot/{snapshot.id}/sheet",
        }  # fmt: skip

    # === FORMS === #

    def test_a_form_of_another_site_is_refused(self):
        self._sign_in(self.student_user)
        for url in ("/my/recovery-email", "/my/first-login"):
            with self.assertLogs("odoo.http", "WARNING"):
                response = self.url_open(url, data={"email": "a@b.ru", "accept": "1"})
            self.assertEqual(response.status_code, 400)
        self.assertFalse(self.student.email)
