from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..domain import timesheet
from ..domain.timesheet import join_days

#: Who may see the account numbers and who pays: everybody but class teachers.
FULL_GROUPS = ",".join(
    f"school_meal_base.group_{role}"
    for role in ("operator", "head", "department", "accountant")
)
#: Who signs; the class teacher signs the attendance of the own class besides.
SIGNERS = ("school_meal_base.group_operator", "school_meal_base.group_head")
#: A notification that lists more is not read.
SHOWN_REFUSALS = 5


class MealTimesheet(models.Model):
    """A month of a class: attendance (ОКУД 0504608) or meals, until it is signed.

    A draft is computed from the confirmed and frozen days whenever it is looked at.
    Signing keeps its rows as they are, with a digest; a trigger of the database (see
    :meth:`init`) forbids everybody to change them. A later correction of the month
    makes a new version that tells what changed.
    """

    _name = "meal.timesheet"
    _description = "Timesheet of a Class"
    _inherit = ["mail.thread"]
    _order = "month desc, school_id, class_id, kind, version desc"
    _mail_post_access = "read"  # nobody writes a sheet, its readers may comment it

    kind = fields.Selection(
        [("attendance", "Attendance (OKUD 0504608)"), ("meals", "Meals")],
        required=True,
        readonly=True,
    )
    class_id = fields.Many2one(
        "school.class", required=True, readonly=True, ondelete="restrict"
    )
    school_id = fields.Many2one(
        related="class_id.school_id", store=True, index=True, readonly=True
    )
    company_id = fields.Many2one(related="school_id.company_id", store=True)
    month = fields.Date(required=True, readonly=True, help="First day of the month.")
    version = fields.Integer(required=True, default=1, readonly=True)
    state = fields.Selection(
        [("draft", "Draft"), ("signed", "Signed")],
        "Status",
        required=True,
        default="draft",
        readonly=True,
        tracking=True,
    )
    signed_at = fields.Datetime(readonly=True)
    signed_by_id = fields.Many2one("res.users", "Signed by", readonly=True)
    content = fields.Json(
        readonly=True, groups=FULL_GROUPS, help="The rows as they were signed."
    )
    digest = fields.Char(
        readonly=True, help="SHA-256 of the signed rows: it is printed on the sheet."
    )
    is_latest = fields.Boolean(
        "Newest version", compute="_compute_is_latest", search="_search_is_latest"
    )
    unknown_days = fields.Char(
        "Days not known yet", compute="_compute_sheet", compute_sudo=False
    )
    is_different = fields.Boolean(
        "Differs from the signed version", compute="_compute_sheet", compute_sudo=False
    )
    changes = fields.Text("Changes", compute="_compute_sheet", compute_sudo=False)
    preview = fields.Html(
        "Rows", compute="_compute_sheet", compute_sudo=False, sanitize=False
    )
    may_sign = fields.Boolean(compute="_compute_may_sign")

    _version_uniq = models.Constraint(
        "UNIQUE (class_id, month, kind, version)", "This version already exists."
    )
    _first_of_month = models.Constraint(
        "CHECK (EXTRACT(day FROM month) = 1)", "A month begins on its first day."
    )
    _signed_is_whole = models.Constraint(
        "CHECK (state = 'draft' OR (content IS NOT NULL AND digest IS NOT NULL"
        " AND signed_at IS NOT NULL AND signed_by_id IS NOT NULL))",
        "A signed timesheet has its rows, their digest, a date and a signer.",
    )
    _month_idx = models.Index("(school_id, month)")

    def init(self):
        """Forbid everybody, the server itself included, to touch what is signed."""
        self.env.cr.execute(
            """
            CREATE OR REPLACE FUNCTION meal_timesheet_keep_signed() RETURNS trigger
            LANGUAGE plpgsql AS $$
            BEGIN
                IF TG_OP = 'DELETE' OR ROW(
                    OLD.kind, OLD.class_id, OLD.month, OLD.version, OLD.state,
                    OLD.signed_at, OLD.signed_by_id, OLD.content, OLD.digest
                ) IS DISTINCT FROM ROW(
                    NEW.kind, NEW.class_id, NEW.month, NEW.version, NEW.state,
                    NEW.signed_at, NEW.signed_by_id, NEW.content, NEW.digest
                ) THEN
                    RAISE EXCEPTION 'A signed timesheet is never changed or deleted.'
                        USING ERRCODE = '23514';
                END IF;
                RETURN NEW;
            END $$;
            CREATE OR REPLACE TRIGGER meal_timesheet_keep_signed
                BEFORE UPDATE OR DELETE ON meal_timesheet
                FOR EACH ROW WHEN (OLD.state = 'signed')
                EXECUTE FUNCTION meal_timesheet_keep_signed();
            """
        )

    # === COMPUTE METHODS === #

    @api.depends("kind", "class_id.name", "month", "version")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for sheet in self:
            if not sheet.month:
                sheet.display_name = kinds.get(sheet.kind, "")
                continue
            name = f"{kinds[sheet.kind]} · {sheet.class_id.name} · {sheet.month:%m.%Y}"
            if sheet.version > 1:
                name += self.env._(" · version %s", sheet.version)
            sheet.display_name = name

    def _compute_is_latest(self):
        newest = {
            tuple(key): version
            for *key, version in self._read_group(
                [("class_id", "in", self.class_id.ids)],
                ["class_id", "month:day", "kind"],
                ["version:max"],
            )
        }
        for sheet in self:
            key = sheet.class_id, sheet.month, sheet.kind
            sheet.is_latest = newest.get(key, 1) <= sheet.version

    def _search_is_latest(self, operator, value):
        if operator != "in" or set(value) - {True}:
            return NotImplemented
        newest = SQL(
            """(
                SELECT DISTINCT ON (class_id, month, kind) id
                  FROM meal_timesheet
                 ORDER BY class_id, month, kind, version DESC
            )"""
        )
        return [("id", "in", newest)]

    @api.depends_context("uid")
    @api.depends("state", "kind", "class_id", "month", "version")
    def _compute_sheet(self):
        for sheet in self:
            unknown = timesheet.unknown_days(sheet._get_full_content())
            changes = sheet._get_changes()
            is_newest = sheet.state == "signed" and sheet.is_latest
            sheet.unknown_days = join_days(unknown)
            sheet.is_different = is_newest and bool(changes)
            sheet.changes = "\n".join(changes)
            sheet.preview = sheet._render_preview()

    @api.depends_context("uid")
    @api.depends("kind", "state", "class_id.teacher_id")
    def _compute_may_sign(self):
        for sheet in self:
            sheet.may_sign = sheet.state == "draft" and sheet._is_signer()

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Sheets are made for all classes of a school at once, by `_generate`."""
        if not self.env.su:
            raise AccessError(
                self.env._("Timesheets are made by “Make the month's timesheets”.")
            )
        sheets = super().create(vals_list)
        self.invalidate_model(["is_latest"])
        return sheets

    def write(self, vals):
        if not self.env.su and vals.keys() - set(self.env["mail.thread"]._fields):
            raise AccessError(
                self.env._(
                    "A timesheet is not edited: correct the absences or the day, and"
                    " the sheet follows."
                )
            )
        return super().write(vals)

    # === ACTION METHODS === #

    def action_sign(self):
        """Freeze the rows under the name of the user."""
        self.check_access("read")
        for sheet in self:
            sheet._check_sign()
            content = sheet._get_full_content()
            # sudo: rights were checked above; nobody may write signed rows by hand
            sheet.sudo().write(
                {
                    "state": "signed",
                    "signed_at": fields.Datetime.now(),
                    "signed_by_id": self.env.uid,
                    "content": content,
                    "digest": timesheet.digest(content),
                }
            )
        return True

    def action_sign_ready(self):
        """Sign those of the chosen sheets that are ready; say what stops the others."""
        refusals = []
        drafts = self.filtered(lambda sheet: sheet.state == "draft" and sheet.is_latest)
        for sheet in drafts:
            try:
                sheet.action_sign()
            except UserError as error:
                refusals.append(f"{sheet.display_name}: {error}")
        signed = len(drafts) - len(refusals)
        message = self.env._("Signed: %s.", signed)
        if refusals:
            message = self.env._(
                "Signed: %(signed)s. Not signed: %(refused)s.",
                signed=signed,
                refused=len(refusals),
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if refusals else "success",
                "message": " ".join([message, *refusals[:SHOWN_REFUSALS]]),
                "sticky": bool(refusals),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_new_version(self):
        """Make the next version of signed sheets that the facts have left behind."""
        self.check_access("read")
        for sheet in self:
            if not sheet._is_signer():
                sheet._refuse_signer()
        made = self._make_next_versions()
        if not made:
            raise UserError(
                self.env._("The signed timesheet says the same as the days themselves.")
            )
        return made._get_records_action(target="current")

    def action_pdf(self):
        return self._download("pdf")

    def action_xlsx(self):
        return self._download("xlsx")

    def _download(self, extension):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/school_meal/timesheet/{self.id}.{extension}",
            "target": "download",
        }

    # === SIGNING === #

    def _is_signer(self):
        """The class teacher signs attendance, school staff either of the sheets."""
        self.ensure_one()
        user = self.env.user
        if self.kind == "attendance" and self.class_id.teacher_id == user:
            return True
        return any(user.has_group(group) for group in SIGNERS)

    def _refuse_signer(self):
        raise AccessError(
            self.env._(
                "Attendance is signed by the class teacher, meals by the person"
                " responsible for meals or the head of the school."
            )
        )

    def _check_sign(self):
        if not self._is_signer():
            self._refuse_signer()
        if self.state == "signed":
            raise UserError(self.env._("“%s” is already signed.", self.display_name))
        if not self.is_latest:
            raise UserError(self.env._("There is a newer version of this timesheet."))
        unknown = timesheet.unknown_days(self._get_full_content())
        if unknown and self.kind == "attendance":
            raise UserError(
                self.env._(
                    "The class is not confirmed on these days of the month: %s."
                    " Confirm who was there, then sign.",
                    join_days(unknown),
                )
            )
        if unknown:
            raise UserError(
                self.env._(
                    "These days of the month are not closed: %s. Close them, then"
                    " sign.",
                    join_days(unknown),
                )
            )

    # === VERSIONS === #

    def _get_version(self, number):
        self.ensure_one()
        # sudo: versions of one sheet have the same class, and so the same readers
        return self.sudo().search(
            [
                ("class_id", "=", self.class_id.id),
                ("month", "=", self.month),
                ("kind", "=", self.kind),
                ("version", "=", number),
            ]
        )

    def _make_next_versions(self):
        """Return drafts made for the signed sheets that differ from the facts."""
        differing = self.filtered(
            lambda sheet: (
                sheet.state == "signed" and sheet.is_latest and sheet._get_differences()
            )
        )
        # sudo: only the code makes versions
        made = self.sudo().create(
            [
                {
                    "kind": sheet.kind,
                    "class_id": sheet.class_id.id,
                    "month": sheet.month,
                    "version": sheet.version + 1,
                }
                for sheet in differing
            ]
        )
        return made.sudo(False)

    def _get_differences(self):
        """Return what the facts say today otherwise than the signed rows."""
        # sudo: whether there is a next version is the same for every reader
        return timesheet.differences(self.sudo().content, self._compute_content())

    def _get_changes(self):
        """Return lines that tell what the sheet changes in the version before it,
        or, for the newest signed one, what has changed since."""
        self.ensure_one()
        if self.state == "signed" and self.is_latest:
            # sudo: the signed rows, of which the reader gets the own part
            old, new = self.sudo().content, self._compute_content()
        else:
            before = self._get_version(self.version - 1)
            if self.version == 1 or not before:
                return []
            old, new = before.content, self._get_full_content()
        found = timesheet.differences(self._hide(old), self._hide(new))
        return [self._tell(*each) for each in found]

    def _tell(self, name, day, old, new):
        if day:
            return self.env._(
                "%(name)s, day %(day)s: was “%(old)s”, is “%(new)s”",
                name=name,
                day=day,
                old=old,
                new=new,
            )
        if self.kind == "attendance":
            return self.env._("%(name)s: other reasons of absence", name=name)
        if old == new:
            return self.env._("%(name)s: others pay the same sum", name=name)
        return self.env._(
            "%(name)s: the sum was %(old)s, is %(new)s",
            name=name,
            old=f"{old / 100:.2f}",
            new=f"{new / 100:.2f}",
        )
