import base64
from datetime import date
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, mute_logger, tagged

from ..domain.egisso import checks, safe_xml, xml_1_1_0, xml_reader
from .egisso_case import EgissoCase
from .gateway_simulator import write_protocol


@freeze_time("2026-11-17 09:00:00")
@tagged("post_install", "-at_install")
class TestEgissoPackages(EgissoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boris = cls._new_pupil("Борисова", "Вера", 412_233_445)

    def _protocol(self, package, *errors):
        return write_protocol(package.uuid, package.fact_count, errors)

    def test_a_package_holds_what_is_ready_and_is_valid(self):
        rows = self._facts_of(self._grant(self.anna + self.boris))
        wrong = self._facts_of(
            self._grant(self._new_pupil("Ivanova", "Ия", 5**9 * 100))
        )
        package = self._pack()
        self.assertEqual(package.fact_ids, rows)
        self.assertEqual(rows.mapped("state"), ["packed", "packed"])
        self.assertEqual(wrong.state, "to_check")
        data = package._get_xml()
        self.assertEqual(xml_1_1_0.validate(data), [])
        read = xml_reader.read(data)
        self.assertEqual(read.uuid, package.uuid)
        self.assertEqual([fact.uuid for fact in read.elements], rows.mapped("uuid"))

    def test_the_same_facts_do_not_get_into_a_second_package(self):
        self._grant(self.anna)
        self._pack()
        with self._refused(UserError, "Nothing is ready"):
            self.packages.action_pack()

    def test_a_thousand_of_a_kind_is_the_most(self):
        rows = self._facts_of(self._grant(self.anna + self.boris))
        with patch.object(xml_1_1_0, "LIMIT", 1):
            packages = self._pack()
        self.assertEqual(packages.mapped("fact_count"), [1, 1])
        self.assertEqual(packages.fact_ids, rows)

    def test_what_only_the_schema_refuses_is_left_out(self):
        rows = self._facts_of(self._grant(self.anna + self.boris))
        self.boris.last_name = "Borisova"
        with patch.object(checks, "problems", return_value=[]):
            package = self._pack()
        self.assertEqual(package.fact_ids, rows[0])
        self.assertEqual(rows[1].state, "to_check")
        self.assertEqual(self._codes(rows[1]), ["schema"])

    def test_an_end_goes_with_or_after_its_assignment(self):
        entitlement = self._grant(self.anna)
        self._end(entitlement, date(2026, 12, 31))
        rows = self._facts_of(entitlement)
        package = self._pack()
        self.assertEqual(package.fact_ids, rows)
        self.assertEqual(len(xml_reader.read(package._get_xml()).elements), 2)

    def test_an_end_waits_for_an_assignment_that_is_to_be_corrected(self):
        pupil = self._new_pupil("Ivanova", "Ия", 512_233_445)
        entitlement = self._grant(pupil)
        self._end(entitlement, date(2026, 12, 31))
        with self._refused(UserError, "Nothing is ready"):
            self.packages.action_pack()
        self.assertEqual(
            self._facts_of(entitlement).mapped("state"), ["to_check", "ready"]
        )

    # === PROTOCOLS === #

    def test_the_answer_settles_each_fact(self):
        rows = self._facts_of(self._grant(self.anna + self.boris))
        package = self._pack()
        package.action_mark_sent()
        data = self._protocol(package, (rows[1].uuid, "014", "СНИЛС не найден"))
        self.assertTrue(package._apply_protocol(data))
        self.assertEqual(rows.mapped("state"), ["accepted", "rejected"])
        self.assertEqual(package.state, "partly")
        error = rows[1].error_ids
        self.assertEqual((error.code, error.message), ("014", "СНИЛС не найден"))
        self.assertEqual(error.text, "СНИЛС не найден")
        package._apply_protocol(data)
        self.assertEqual(rows[1].error_ids, error)

    def test_what_was_refused_goes_again_under_its_uuid(self):
        row = self._facts_of(self._grant(self.anna))
        first, key = self._pack(), row.uuid
        first._apply_protocol(self._protocol(first, (key, "014", "Нет")))
        self.assertEqual((first.state, row.state), ("rejected", "rejected"))
        with self._refused(UserError, "Nothing is ready"):
            self.packages.action_pack()
        row.action_check()
        self.assertEqual(self._codes(row), [])
        second = self._pack()
        self.assertEqual(row.package_ids, first + second)
        self.assertEqual(xml_reader.read(second._get_xml()).elements[0].uuid, key)
        first._apply_protocol(self._protocol(first))  # late and again
        self.assertEqual(row.state, "packed")
        second._apply_protocol(self._protocol(second))
        self.assertEqual((second.state, row.state), ("accepted", "accepted"))

    def test_a_refused_message_gives_all_facts_back(self):
        rows = self._facts_of(self._grant(self.anna + self.boris))
        package = self._pack()
        data = (
            b"<protocol><messageResult><errors><error><code>5</code>"
            b"<message>Version</message></error></errors></messageResult></protocol>"
        )
        wizard = self.env["egisso.protocol.load"].create(
            {"file": base64.b64encode(data), "package_id": package.id}
        )
        wizard.action_load()
        self.assertEqual(package.state, "rejected")
        self.assertEqual(set(rows.mapped("state")), {"rejected"})
        self.assertEqual(package.error_ids.mapped("message"), ["Version"])

    def test_a_wrong_count_is_on_the_list(self):
        self._grant(self.anna + self.boris)
        package = self._pack()
        package._apply_protocol(write_protocol(package.uuid, 1, ()))
        self.assertEqual(package.error_ids.mapped("code"), ["count"])

    def test_the_wizard_finds_the_package_and_refuses_what_is_no_protocol(self):
        self._grant(self.anna)
        package = self._pack()
        wizard = self._as("accountant", self.env["egisso.protocol.load"])
        for data, sentence in (
            (b"<a/>", "no protocol of the register"),
            (b"<!DOCTYPE a><protocol/>", "no protocol of the register"),
            (write_protocol("11111111-1111-1111-1111-111111111111", 1, ()), "not made"),
        ):
            with self._refused(UserError, sentence):
                wizard.create({"file": base64.b64encode(data)}).action_load()
        data = self._protocol(package).replace(b">3<", b">2<")
        with self._refused(UserError, "not finished"):
            wizard.create({"file": base64.b64encode(data)}).action_load()
        self.assertEqual(package.state, "draft")
        data = self._protocol(package)
        wizard.create({"file": base64.b64encode(data)}).action_load()
        self.assertEqual(package.state, "accepted")
        other = self._as("operator", self.env["egisso.protocol.load"])
        with self._refused(AccessError, ""):
            other.create({})

    def test_a_protocol_of_another_package_is_refused(self):
        self._grant(self.anna)
        package = self._pack()
        data = write_protocol("11111111-1111-1111-1111-111111111111", 1, ())
        with self._refused(UserError, "another package"):
            package._apply_protocol(data)
        self.assertEqual(package.state, "draft")

    # === FILES AND STATES === #

    def test_files_say_the_same_and_their_reading_is_logged(self):
        self._grant(self.anna)
        package = self._pack()
        mine = self._as("department", package)
        log = self.env["school.access.log"]
        before = log.search_count([("student_id", "=", self.anna.id)])
        for action, kind in (
            (mine.action_download_xml, "xml"),
            (mine.action_download_csv, "csv"),
            (mine.action_download_xlsx, "xlsx"),
        ):
            self.assertTrue(action()["url"].endswith(f"/{package.id}/{kind}"))
            self.assertTrue(mine._take_file(kind)[0])
        self.assertEqual(package.state, "exported")
        package = package.sudo()
        table = base64.b64decode(package.csv_file).decode("windows-1251")
        self.assertIn(self.anna.snils, table)
        self.assertEqual(
            log.search_count([("student_id", "=", self.anna.id)]), before + 3
        )

    def test_health_grounds_are_not_for_the_department(self):
        self._new_measure(self.ovz)
        row = self._facts_of(self._grant(self.anna, self.ovz))
        package = self._pack()
        facts = self._as("department", self.env["egisso.fact"])
        self.assertNotIn(row, facts.search([]))
        with self._refused(AccessError, "for the accountant"):
            self._as("department", package).action_download_xml()
        self.assertEqual(package.state, "draft")
        log = self.env["school.access.log"]
        domain = [("student_id", "=", self.anna.id), ("kind", "in", ("both", "health"))]
        before = log.search_count(domain)
        with self._refused(AccessError, "for the accountant"):
            self._as("department", package)._take_file("xml")
        self._as("accountant", package)._take_file("xml")
        self._as("accountant", row).read(["category_id"])
        self.assertEqual(log.search_count(domain), before + 2)

    def test_files_are_read_by_nobody_past_the_buttons(self):
        """СНИЛС of hundreds of children, and their reading is logged."""
        self._grant(self.anna)
        package = self._pack()
        self._as("accountant", package)._take_file("csv")
        files = self.env["ir.attachment"].search(
            [("res_model", "=", package._name), ("res_field", "!=", False)]
        )
        self.assertEqual(len(files), 2)
        for role in ("department", "accountant", "manager"):
            mine = self._as(role, package)
            shown = mine.read()[0]
            for name in ("xml_file", "csv_file", "xlsx_file", "protocol_file"):
                self.assertNotIn(name, shown)
                with self._refused(AccessError, ""):
                    mine.read([name])
                with self._refused(AccessError, ""):
                    self.env(user=self.roles[role])["ir.binary"]._get_stream_from(
                        mine, name
                    )
            with self._refused(AccessError, ""):
                self._as(role, files).read(["datas"])

    def test_the_school_does_not_see_packages(self):
        self._grant(self.anna)
        package = self._pack()
        for role in ("operator", "head", "teacher", "cashier"):
            with self._refused(AccessError, ""):
                self._as(role, package).read(["uuid"])

    def test_a_package_is_moved_by_its_buttons_only(self):
        self._grant(self.anna)
        package = self._pack()
        with self._refused(AccessError, "moved by its buttons"):
            self._as("accountant", package).state = "accepted"
        with self._refused(UserError, "never changes"):
            package.sudo().xml_file = base64.b64encode(b"<a/>")
        with self._refused(UserError, "Packages are kept"):
            package.sudo().unlink()
        self.assertEqual(package.state, "draft")

    def test_a_package_that_was_not_sent_is_taken_apart(self):
        row = self._facts_of(self._grant(self.anna))
        package = self._pack()
        self._as("accountant", package).action_take_apart()
        self.assertEqual((package.state, row.state), ("cancelled", "ready"))
        with self._refused(UserError, "taken apart"):
            package._apply_protocol(self._protocol(package))
        self.assertNotEqual(self._pack().uuid, package.uuid)

    def test_a_sent_package_is_not_taken_apart(self):
        self._grant(self.anna)
        package = self._pack()
        package.action_mark_sent()
        with self._refused(UserError, "further already"):
            package.action_take_apart()
        self.assertEqual(package.state, "sent")

    def test_another_municipality_is_not_packed(self):
        row = self._facts_of(self._grant(self.anna))
        other = self.env["egisso.package"].with_context(
            allowed_company_ids=self.other_city.ids
        )
        with self._refused(UserError, "Nothing is ready"):
            other.action_pack()
        self.assertEqual(row.state, "ready")

    def test_the_reading_of_schemas_never_leaves_the_folder(self):
        for path in safe_xml.SCHEMAS.rglob("*.xsd"):
            text = path.read_text(encoding="utf-8")
            self.assertNotIn('schemaLocation="http', text, path.name)


@tagged("post_install", "-at_install")
class TestEgissoDownload(EgissoCase, HttpCase):
    def test_a_download_is_logged(self):
        self._grant(self.anna)
        package = self._pack()
        self.authenticate("test_accountant", "test_accountant")
        address = f"/school_meal/egisso/package/{package.id}"
        answer = self.url_open(f"{address}/xml")
        self.assertIn(self.anna.snils, answer.text)
        self.assertIn(package.uuid, answer.headers["Content-Disposition"])
        lines = self.env["school.access.log"].search(
            [("student_id", "=", self.anna.id)]
        )
        self.assertEqual(lines.user_id, self.roles["accountant"])
        self.assertEqual(lines.kind, "snils")
        self.authenticate("test_operator", "test_operator")
        with mute_logger("odoo.http"):
            self.assertEqual(self.url_open(f"{address}/xml").status_code, 403)
