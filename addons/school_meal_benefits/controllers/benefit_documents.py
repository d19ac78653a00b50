"""Printed papers of the benefits: whoever may read the record may print it."""

from odoo import http
from odoo.fields import Date
from odoo.http import content_disposition, request

FORMS = {
    "order": ("benefit.order", lambda forms, record: forms._draw_order(record)),
    "extract": ("benefit.order", lambda forms, record: forms._draw_order(record, True)),
    "notice": ("benefit.notice", lambda forms, record: forms._draw_notice(record)),
    "request": ("benefit.request", lambda forms, record: forms._draw_request(record)),
    "sheet": ("benefit.application", lambda forms, record: forms._draw_sheet(record)),
}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {"pdf": "application/pdf", "xlsx": XLSX}


class BenefitDocumentController(http.Controller):
    @http.route(
        "/school_meal/benefit/<any(order,extract,notice,request,sheet):form>"
        "/<int:record_id>.pdf",
        type="http",
        auth="user",
    )
    def paper(self, form, record_id):
        model, draw = FORMS[form]
        request.env[model].check_access("read")
        record = request.env[model].browse(record_id).exists()
        if not record:
            raise request.not_found()
        record.check_access("read")
        return self._file(draw(self._forms(), record), f"{form}-{record_id}.pdf")

    @http.route(
        "/school_meal/benefit/journal/<int:school_id>/<string:date_from>_"
        "<string:date_to>.<any(pdf,xlsx):extension>",
        type="http",
        auth="user",
    )
    def journal(self, school_id, date_from, date_to, extension):
        request.env["benefit.application"].check_access("read")
        school = request.env["school.school"].browse(school_id).exists()
        if not school:
            raise request.not_found()
        school.check_access("read")
        try:
            span = Date.to_date(date_from), Date.to_date(date_to)
        except ValueError as error:
            raise request.not_found() from error
        content = self._forms()._draw_journal(school, *span, extension)
        return self._file(content, f"journal-{date_from}.{extension}")

    def _forms(self):
        # the papers are Russian, and so are the words taken from the records
        return request.env["benefit.forms"].with_context(lang="ru_RU")

    def _file(self, content, name):
        headers = [
            ("Content-Type", TYPES[name.rsplit(".", 1)[1]]),
            ("Content-Disposition", content_disposition(name)),
            ("Cache-Control", "no-store"),
        ]
        return request.make_response(content, headers)
