from odoo import http
from odoo.http import request


class StudentPhoto(http.Controller):
    @http.route(
        "/school_meal_pos/photo/<int:student_id>",
        type="http",
        auth="user",
        readonly=True,
    )
    def student_photo(self, student_id, **_options):
        """The photo of a student of the cashier's own school."""
        student = request.env["school.till.roster"]._visible_student(student_id)
        if not student.image_128:
            raise request.not_found()
        stream = request.env["ir.binary"]._get_image_stream_from(student, "image_128")
        return stream.get_response(immutable=True, max_age=http.STATIC_CACHE_LONG)
