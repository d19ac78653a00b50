import logging
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.modules import module as odoo_module

from ..domain import roster_diff
from .meal_roster_import import KEEP_DAYS
from .roster_words import RosterWords
from .roster_writer import RosterWriter

_logger = logging.getLogger(__name__)

CHUNK = 1000
INLINE_LIMIT = 2000


class MealRosterImport(models.Model):
    """The import itself: what the preview showed and nothing else, in chunks."""

    _inherit = "meal.roster.import"

    # === ACTIONS === #

    def action_apply(self):
        """Import the good rows now, or in the background when there are many."""
        self.ensure_one()
        self.check_access("write")
        if self.state not in ("previewed", "running"):
            raise UserError(self.env._("Look at the preview before importing."))
        self._check_alone()
        operator = self.env.user
        if self.state == "running":
            operator = self.applied_by_id or operator
        self._set({"state": "running", "applied_by_id": operator.id})
        work = len(self.line_ids.filtered(lambda line: line._is_work()))
        if work > INLINE_LIMIT and not self._is_test():
            # sudo: operators may not touch cron jobs, the trigger is only a knock
            self.env.ref("school_meal_base.ir_cron_roster_import").sudo()._trigger()
            return
        self._apply()

    # === BUSINESS METHODS: IMPORT === #

    def _check_alone(self):
        """Two imports at once could both create the same new student."""
        busy = self.sudo().search(  # sudo: also those of other schools
            [
                ("company_id", "=", self.company_id.id),
                ("state", "=", "running"),
                ("id", "!=", self.id),
                ("write_date", ">", fields.Datetime.now() - timedelta(minutes=10)),
            ],
            limit=1,
        )
        if busy:
            raise UserError(
                self.env._("Another list is being imported. Try again in a minute.")
            )

    def _apply(self):
        """Import the rows and leavers of the preview, in chunks.

        The list is compared anew, because people work while a preview is looked at:
        what would be written otherwise now is reported, not written. Interrupted, the
        import goes on from where it was.
        """
        self.ensure_one()
        self.check_access("write")
        lines = self._find_lines()
        if not any(line._is_work() for line in lines.values()):
            self._finish({})  # the preview found nothing to write
            return
        parsed, outcomes = self._compare()
        work = self._sort_out(outcomes, lines)
        writer = RosterWriter(self, work)
        for start in range(0, len(work), CHUNK):
            results = writer.write(work[start : start + CHUNK])
            self._mark_lines(results, lines)
            self._commit_chunk()
        self._finish({"error_data": self._make_error_file(parsed)})

    def _find_lines(self):
        """Return {row number or ('left', student id): line} of the preview."""
        lines = self.env["meal.roster.import.line"].search_fetch(
            [("import_id", "=", self.id)],
            ["row_number", "student_id", "kind", "state", "digest", "decision"],
        )
        return {line.row_number or ("left", line.student_id.id): line for line in lines}

    def _sort_out(self, outcomes, lines):
        """Return the outcomes that were shown; note on the others why they wait."""
        words = RosterWords(self.env, self.company_id)
        work, results, unseen = [], [], []
        now = {self._key(outcome): outcome for outcome in outcomes}
        for key, line in lines.items():
            if not line._is_work():
                continue
            outcome = now.get(key)
            if outcome and line._agrees_with(outcome):
                work.append(outcome)
            elif outcome and outcome.kind == roster_diff.UNCHANGED:
                results.append((outcome, outcome.known.id, ""))
            else:
                reason = outcome and words.reason(outcome.reason, outcome.others)
                results.append((key, False, reason or words.stale))
        for key, outcome in now.items():
            if outcome.kind in roster_diff.WORK_KINDS and key not in lines:
                unseen.append(outcome)
        self._mark_lines(results, lines)
        self._report_unseen(unseen, words)
        return work

    @staticmethod
    def _key(outcome):
        return outcome.row.number if outcome.row else ("left", outcome.known.id)

    def _report_unseen(self, outcomes, words):
        """List what was not to be written when the preview was looked at."""
        values = self._prepare_outcomes(outcomes, words)
        for value in values:
            value.update(state="failed", reason=words.stale)
        # sudo: lines are made here only
        self.env["meal.roster.import.line"].sudo().create(values)
        self._set({"failed_count": self.failed_count + len(values)})

    def _mark_lines(self, results, lines):
        """Note on the lines what became of their rows.

        :param results: [(outcome or key, student id or False, error text or '')]
        """
        found = []
        for outcome, student_id, error in results:
            is_outcome = isinstance(outcome, roster_diff.Outcome)
            line = lines[self._key(outcome) if is_outcome else outcome]
            found.append((line.id, student_id or None, error or None))
        self.env["meal.roster.import.line"]._mark(found)
        good = sum(not error for _line, _student, error in found)
        bad = len(found) - good
        self._set(
            {
                "done_count": self.done_count + good,
                "failed_count": self.failed_count + bad,
            }
        )

    def _finish(self, values):
        self._set({"state": "done", "applied_at": fields.Datetime.now(), **values})

    def _commit_chunk(self):
        """Keep what is done: a seam, because tests run in one transaction."""
        if not self._is_test() and not self.env.context.get("roster_no_commit"):
            self.env.cr.commit()  # pylint: disable=invalid-commit

    @staticmethod
    def _is_test():
        return bool(odoo_module.current_test)

    # === CRON === #

    @api.model
    def _cron_import(self):
        """Go on with the imports that were too long for a click."""
        waiting = self.search([("state", "=", "running")], order="id")
        for roster in waiting:
            roster._apply_in_background()
            self.env["ir.cron"]._commit_progress(1)

    def _apply_in_background(self):
        """Import for the user who pressed the button; an error stops this list only."""
        user = self.applied_by_id or self.create_uid
        roster = self.with_user(user).with_company(self.company_id)
        roster = roster.with_context(lang=user.lang)
        try:
            roster._apply()
        except OperationalError:
            # somebody wrote the same rows: the next run goes on from there
            self._drop_chunk()
            _logger.warning("Import %s of students waits for the next run", self.id)
            return
        except Exception as error:
            # whatever it is: the lists that wait behind this one must not wait longer
            self._drop_chunk()
            _logger.warning("Import %s of students stopped", self.id, exc_info=True)
            roster._set({"state": "failed", "failure": roster._failure_text(error)})
        roster._tell_user(user)

    def _drop_chunk(self):
        """Forget what the failed chunk wrote: a seam as `_commit_chunk`."""
        if not self._is_test():
            self.env.cr.rollback()

    def _failure_text(self, error):
        if isinstance(error, AccessError):
            return self.env._(
                "%s may not import this list any more. Compare it again and import it"
                " yourself.",
                self.env.user.name,
            )
        if isinstance(error, UserError):
            return " ".join(str(error.args[0]).split())
        return self.env._(
            "The program stopped with an error, which is in the log of the server. What"
            " is imported stays; compare the list again and import the rest."
        )

    def _tell_user(self, user):
        """Say that the import ended to who started it, wherever they are by now."""
        stored = self.sudo()  # sudo: the user may have lost the right to the list
        if stored.state == "failed":
            text = self.env._(
                "The import of %s stopped. Open it to see why.", stored.name
            )
        else:
            text = self.env._(
                "%(name)s is imported: %(done)s rows went in, %(failed)s did not.",
                name=stored.name,
                done=stored.done_count,
                failed=stored.failed_count + stored.error_count,
            )
        kind = "danger" if stored.state == "failed" else "success"
        user._bus_send(
            "simple_notification", {"type": kind, "message": text, "sticky": True}
        )

    @api.autovacuum
    def _gc_personal_data(self):
        """Delete the files and previews of old imports, keep who did what when."""
        old = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        rosters = self.search(
            [
                ("create_date", "<", old),
                "|",
                ("file_data", "!=", False),
                ("error_data", "!=", False),
            ]
        )
        rosters.line_ids.unlink()
        rosters.column_ids.unlink()
        rosters._set({"file_data": False, "error_data": False, "unchanged_ids": False})
