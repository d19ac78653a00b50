"""Downloads: a check of the procedure, an auditor's pack, reports of schools."""

from odoo import http
from odoo.http import request

from odoo.addons.school_meal_day.controllers.download import (
    PDF,
    XLSX,
    ZIP,
    DownloadMixin,
)

from ..report import audit_run_pdf, audit_run_xlsx, school_reports

TYPES = {"pdf": PDF, "xlsx": XLSX, "zip": ZIP}


class AuditController(DownloadMixin, http.Controller):
    @http.route(
        "/school_meal/audit/run/<int:run_id>.<any(pdf,xlsx):extension>",
        type="http",
        auth="user",
    )
    def run(self, run_id, extension):
        run = self._find("benefit.audit.run", run_id)
        render = audit_run_pdf.render if extension == "pdf" else audit_run_xlsx.render
        name = f"proverka-{run.date_to:%Y-%m-%d}-{run.id}.{extension}"
        return self._answer(render(run), name, TYPES[extension])

    @http.route(
        "/school_meal/audit/pack/<int:pack_id>.<any(pdf,zip):extension>",
        type="http",
        auth="user",
    )
    def pack(self, pack_id, extension):
        pack = self._find("benefit.pack", pack_id)
        content = pack._render_pdf() if extension == "pdf" else pack._render_zip()
        pack._note_reading(extension)
        return self._answer(content, f"pack-{pack.id}.{extension}", TYPES[extension])

    @http.route(
        "/school_meal/benefit/timesheet/<int:wizard_id>.<any(pdf,zip):extension>",
        type="http",
        auth="user",
        readonly=True,
    )
    def timesheet(self, wizard_id, extension):
        wizard = self._find("benefit.timesheet", wizard_id)
        name = f"tabel-{wizard.month:%Y-%m}.{extension}"
        return self._answer(wizard._render(extension), name, TYPES[extension])

    @http.route(
        "/school_meal/benefit/reports.<any(pdf,xlsx):extension>",
        type="http",
        auth="user",
        readonly=True,
    )
    def reports(self, extension, ids=""):
        numbers = [int(one) for one in ids.split(",") if one.isdigit()]
        reports = request.env["benefit.report"].browse(numbers).exists()
        if not reports:
            raise request.not_found()
        reports.check_access("read")
        draw = {"pdf": school_reports.render_pdf, "xlsx": school_reports.render_xlsx}
        name = f"otchet-{min(reports.mapped('date_from')):%Y-%m}.{extension}"
        return self._answer(draw[extension](reports), name, TYPES[extension])
