from odoo import fields, models

from ..const import ISSUE_ACTIONS, ISSUE_SOURCES, ISSUE_VERDICTS


class MealIssueEvent(models.Model):
    """A portion crossed the serving hatch, or was refused there; append-only.

    Recorded even when it should not have happened. ``event_key`` makes every delivery
    repeatable: ``d<device>:<sequence>`` of a device, ``u<uuid>`` of a person's screen.
    No card numbers and no names are kept here.
    """

    _name = "meal.issue.event"
    _description = "Issue of a Portion"
    _order = "occurred_at desc, id desc"
    _log_access = False

    event_key = fields.Char(required=True, readonly=True, size=64)
    payload_hash = fields.Char(required=True, readonly=True)
    device_id = fields.Many2one("school.device", readonly=True, ondelete="restrict")
    sequence = fields.Integer(readonly=True)
    school_id = fields.Many2one(
        "school.school", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    date = fields.Date(required=True, readonly=True)
    meal_type_id = fields.Many2one("meal.type", "Meal", required=True, readonly=True)
    student_id = fields.Many2one("school.student", readonly=True, ondelete="restrict")
    class_id = fields.Many2one("school.class", readonly=True, ondelete="restrict")
    order_id = fields.Many2one("meal.order", readonly=True, ondelete="restrict")
    action = fields.Selection(ISSUE_ACTIONS, required=True, readonly=True)
    verdict = fields.Selection(ISSUE_VERDICTS, required=True, readonly=True)
    source = fields.Selection(ISSUE_SOURCES, required=True, readonly=True)
    reason = fields.Char(readonly=True, help="Code of the server's reason.")
    undoes_id = fields.Many2one("meal.issue.event", readonly=True, ondelete="restrict")
    is_offline = fields.Boolean("Recorded without network", readonly=True)
    occurred_at = fields.Datetime(required=True, readonly=True)
    received_at = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one("res.users", "Entered by", readonly=True)

    _event_key_uniq = models.Constraint(
        "UNIQUE (event_key)", "This event has already been recorded."
    )
    _undone_once = models.UniqueIndex(
        "(undoes_id) WHERE undoes_id IS NOT NULL", "This event is already undone."
    )
    _school_day_idx = models.Index("(school_id, date)")
    _student_day_idx = models.Index("(student_id, date) WHERE student_id IS NOT NULL")
    _order_idx = models.Index("(order_id) WHERE order_id IS NOT NULL")
