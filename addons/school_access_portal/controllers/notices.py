import base64

import qrcode
from qrcode.image.svg import SvgPathImage
from werkzeug.exceptions import NotFound

from odoo import _, http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.school_access.const import MAX_PER_HOUR, PUSH_CHANNELS
from odoo.addons.school_meal_portal.const import CHILDREN_URL

from ..const import CODES_PER_HOUR
from .passes import PassesPortal

TELEGRAM_URL = "/my/telegram"
KINDS = ("arrivals", "departures", "unusual", "refused")
#: What a parent who has never chosen finds on the form.
DEFAULTS = {
    "arrivals": True,
    "departures": True,
    "unusual": True,
    "refused": False,
    "hour_from": 0,
    "hour_to": 24,
    "max_per_hour": MAX_PER_HOUR,
}


class NoticesPortal(PassesPortal):
    """What a parent wants to be told of, and where."""

    # === CHOICES === #

    @http.route(
        f"{CHILDREN_URL}/<int:student_id>/notices",
        type="http", auth="user", methods=["GET", "POST"], website=True,
    )  # fmt: skip
    def notices(self, student_id, **post):
        student = self._get_told_child(student_id)
        message = {}
        if request.httprequest.method == "POST":
            message = self._save_choices(student, post)
        values = self._prepare_notices_values(student)
        return request.render("school_access_portal.notices", {**values, **message})

    def _get_told_child(self, student_id):
        student = self._get_watched_child(student_id)
        if not student._may_choose_notices(request.env.user):
            raise NotFound()
        return student

    def _save_choices(self, student, post):
        """Do what the form says; return values of the page."""
        user = request.env.user
        choices = request.env["access.subscription"]
        try:
            values = self._read_choices(post)
            if post.get("email"):
                request.env["access.address"]._adopt_login_email(user)
            with request.env.cr.savepoint():
                for channel in PUSH_CHANNELS:
                    is_on = bool(post.get(channel))
                    choices._choose(user.partner_id, student, channel, is_on, **values)
        except UserError as error:
            return {"error": str(error)}
        return {"saved": True}

    @staticmethod
    def _read_choices(post):
        try:
            hours = [_read_hour(post.get(name)) for name in ("hour_from", "hour_to")]
            most = int(post.get("max_per_hour") or MAX_PER_HOUR)
        except ValueError:
            raise UserError(
                _("The hours are wrong: choose two times of one day.")
            ) from None
        return {
            **{kind: bool(post.get(kind)) for kind in KINDS},
            # from seven to seven is the whole day
            "hour_from": 0 if hours[0] == hours[1] else hours[0],
            "hour_to": 24 if hours[0] == hours[1] else hours[1] or 24,
            "max_per_hour": most,
        }

    def _prepare_notices_values(self, student):
        user = request.env.user
        model = request.env["access.subscription"]
        rows = {
            channel: model._of(user.partner_id, student, channel)
            for channel in PUSH_CHANNELS
        }
        # both channels have the same choices: the form has one set of them
        row = rows["telegram"] or rows["email"]
        addresses = request.env["access.address"]
        return {
            **self._prepare_portal_layout_values(),
            "page_name": "access_notices",
            "student": student,
            "rows": rows,
            "choice": {name: row[name] for name in DEFAULTS} if row else DEFAULTS,
            "clock": _write_hour,
            "login_email": "@" in user.login and user.login,
            "email": addresses._of(user.partner_id, "email"),
            "telegram": addresses._of(user.partner_id, "telegram"),
            "has_telegram": addresses._is_telegram_ready(),
        }

    # === TELEGRAM === #

    @http.route(
        TELEGRAM_URL, type="http", auth="user", methods=["GET", "POST"], website=True
    )
    def telegram(self, child=None, **post):
        """Connect a person: a button asks for a link, the link opens the bot."""
        self._check_is_family()
        values = {}
        if request.httprequest.method == "POST":
            values = self._make_link()
        return request.render(
            "school_access_portal.telegram",
            {**self._prepare_telegram_values(child), **values},
        )

    @http.route(
        f"{TELEGRAM_URL}/disconnect",
        type="http", auth="user", methods=["POST"], website=True,
    )  # fmt: skip
    def disconnect_telegram(self, **post):
        self._check_is_family()
        row = request.env["access.address"]._of(request.env.user.partner_id, "telegram")
        row._forget()
        return request.redirect(TELEGRAM_URL, 303)

    def _check_is_family(self):
        """A student's own login and people without children get no notices."""
        user = request.env.user
        if not any(map(lambda one: one._may_choose_notices(user),
                       user._get_portal_students())):  # fmt: skip
            raise NotFound()

    def _make_link(self):
        try:
            request.env["meal.login.failure"]._check_rate("telegram", CODES_PER_HOUR)
        except UserError as error:
            return {"error": str(error)}
        addresses = request.env["access.address"]
        link = addresses._is_telegram_ready() and addresses._get_telegram_link(
            request.env.user.partner_id
        )
        if not link:
            return {"error": _("Telegram cannot be reached now. Try again later.")}
        return {"link": link, "code_image": self._draw_code(link)}

    @staticmethod
    def _draw_code(link):
        """A QR code inside the page: the link must not stand in logs of addresses."""
        image = qrcode.make(link, image_factory=SvgPathImage).to_string()
        return f"data:image/svg+xml;base64,{base64.b64encode(image).decode()}"

    def _prepare_telegram_values(self, child):
        user = request.env.user
        students = user._get_portal_students()
        back = students.filtered(lambda one: str(one.id) == str(child))
        return {
            **self._prepare_portal_layout_values(),
            "page_name": "access_telegram",
            "child": back[:1] or students[:1],
            "has_telegram": request.env["access.address"]._is_telegram_ready(),
            "telegram": request.env["access.address"]._of(user.partner_id, "telegram"),
        }


def _read_hour(text):
    """Hours of a clock of the form.

    >>> _read_hour("07:30"), _read_hour("")
    (7.5, 0.0)
    """
    hours, __, minutes = (text or "0").partition(":")
    return int(hours) + int(minutes or 0) / 60


def _write_hour(hours):
    """Text of a clock; the end of the day is the beginning of the next.

    >>> _write_hour(7.5), _write_hour(24)
    ('07:30', '00:00')
    """
    minutes = round(hours * 60)
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"
