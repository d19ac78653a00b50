import csv
import io

import xlsxwriter

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import groupby

from ..report.pack_blocks import Facts, Grid, Text


class BenefitPackSections(models.AbstractModel):
    """Portions and money of a child: who ordered, issued and paid what."""

    _inherit = "benefit.pack.sections"

    # === MEALS === #

    def _draw_meals(self, data, student):
        _ = self.env._
        rows = data.meals(student)
        blocks = []
        head = (
            *(_("Day"), _("Meal"), _("Order"), _("Issued at"), _("Issued by")),
            *(_("Outcome"), _("Price"), _("Who paid")),
        )
        # a table of a month is drawn fast, one of a year is not
        for month, some in groupby(rows, key=lambda row: row["date"].replace(day=1)):
            lines = tuple(self._tell_meal(data, row, student) for row in some)
            blocks.append(
                Grid(
                    head,
                    lines,
                    (10, 12, 12, 13, 11, 13, 9, 20),
                    "llllllrl",
                    title=f"{month:%m.%Y}",
                    dense=True,
                )
            )
        return blocks

    def _tell_meal(self, data, row, student):
        """Return the cells of a portion, as the pack and the tables show it."""
        order = data.words("meal.order", "state").get(row["state"], "")
        origin = data.words("meal.order", "origin").get(row["origin"], "")
        return (
            data.day(row["date"]),
            self._meal_names(data)[row["meal"]],
            order if order else origin,
            data.moment(row["occurred_at"], student.school_id),
            data.words("meal.issue.event", "source").get(row["source"], ""),
            data.words("meal.day.line", "outcome").get(row["outcome"], ""),
            data.money(row["price"]),
            "; ".join(
                f"{_in_language(name, self.env.lang)} {data.money(amount)}"
                for name, amount, _uuid in row["paid"]
            ),
        )

    def _meal_names(self, data):
        if "meal names" not in data._cache:
            meals = self.env["meal.type"].search([("active", "in", [True, False])])
            data._cache["meal names"] = {meal.id: meal.name for meal in meals}
        return data._cache["meal names"]

    @api.model
    def _get_meal_table(self, data):
        """Return (head, rows) of all portions of the pack, for CSV and workbook."""
        _ = self.env._
        head = [
            *(_("Number"), _("Child"), _("School"), _("Class"), _("Day"), _("Meal")),
            *(_("Order"), _("Issued at"), _("Issued by"), _("Outcome"), _("Price")),
            *(_("Who paid"), _("Entries of the ledger")),
        ]
        names = {one.id: (at, one) for at, one in enumerate(data.students, 1)}
        rows = []
        for row in data.meals():
            at, student = names[row["student_id"]]
            rows.append(
                [
                    at,
                    student.name,
                    student.school_id.short_name,
                    student.class_id.name or "",
                    *self._tell_meal(data, row, student),
                    " ".join(uuid for _name, _amount, uuid in row["paid"]),
                ]
            )
        return head, rows

    @api.model
    def _get_meal_csv(self, data):
        head, rows = self._get_meal_table(data)
        stream = io.StringIO()
        writer = csv.writer(stream, delimiter=";")
        writer.writerow(head)
        writer.writerows([[_harmless(cell) for cell in row] for row in rows])
        return stream.getvalue().encode("utf-8-sig")  # for the office programs

    @api.model
    def _get_meal_workbook(self, data):
        head, rows = self._get_meal_table(data)
        stream = io.BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False}
        book = xlsxwriter.Workbook(stream, options)
        sheet = book.add_worksheet(self.env._("Meals")[:31])
        bold = book.add_format({"bold": True, "text_wrap": True, "bottom": 1})
        sheet.write_row(0, 0, head, bold)
        for at, row in enumerate(rows, 1):
            sheet.write_row(at, 0, row)
        sheet.set_column(0, 0, 6)
        sheet.set_column(1, 2, 26)
        sheet.set_column(3, len(head) - 1, 16)
        sheet.freeze_panes(1, 2)
        sheet.autofilter(0, 0, max(len(rows), 1), len(head) - 1)
        book.close()
        return stream.getvalue()

    # === LEDGER === #

    def _draw_ledger(self, data, student):
        """Entries that paid the portions, and all others of the child's account."""
        _ = self.env._
        found = self._get_entries(data).get(student.id, [])
        rows = tuple(
            (
                data.day(entry.business_date),
                data.label(entry, "kind"),
                entry.debit_account_id.display_name or "",
                entry.credit_account_id.display_name or "",
                data.money(entry.amount),
                str(entry.id),
            )
            for entry in found
        )
        head = (
            *(_("Day"), _("Kind"), _("From account"), _("To account")),
            *(_("Roubles"), _("Entry")),
        )
        grid = Grid(head, rows, (11, 13, 28, 28, 11, 9), "llllrr", dense=True)
        return [grid] if rows else []

    def _get_entries(self, data):
        """Return {student id: entries of the ledger}, of all children at once."""
        if "entries" in data._cache:
            return data._cache["entries"]
        owners = {
            account.id: one.id for one in data.students for account in one.account_ids
        }
        payers = {
            uuid: row["student_id"]
            for row in data.meals()
            for _name, _amount, uuid in row["paid"]
        }
        period = Domain("business_date", ">=", data.first)
        period &= Domain("business_date", "<=", data.last)
        mine = Domain("debit_account_id", "in", list(owners))
        mine |= Domain("credit_account_id", "in", list(owners))
        found = self.env["meal.transfer"].search(
            Domain("uuid", "in", list(payers)) | (mine & period),
            order="business_date, id",
        )
        entries = {}
        for entry in found:
            whose = {
                payers.get(entry.uuid),
                owners.get(entry.debit_account_id.id),
                owners.get(entry.credit_account_id.id),
            }
            for student in whose - {None}:
                entries.setdefault(student, []).append(entry)
        data._cache["entries"] = entries
        return entries

    # === COMPENSATION, MILK === #

    def _draw_compensation(self, data, student):
        _ = self.env._
        if "compensation.line" not in self.env:
            return []
        inside = [("period", ">=", data.first.replace(day=1))]
        inside += [("period", "<=", data.last)]
        blocks = []
        for line in data.of(student, "compensation.line", inside, order="period, id"):
            account = line.bank_account or ""
            facts = (
                (_("To pay"), data.money(line.amount)),
                (_("Due for the month"), data.money(line.total)),
                (_("Days counted"), line.day_count),
                (_("Status"), data.label(line, "state")),
                (_("Payee"), line.partner_id.name or ""),
                (_("Account"), f"…{account[-4:]}" if account else ""),
                (_("Calculated by"), line.month_id.calculated_by_id.name or ""),
                (_("Approved by"), line.month_id.approved_by_id.name or ""),
            )
            rows = tuple(
                (
                    data.day(day.date),
                    data.label(day, "reason"),
                    data.money(day.amount) if day.is_counted else "",
                )
                for day in line.day_ids
            )
            head = (_("Day"), _("Counted, or why not"), _("Roubles"))
            blocks += [
                Text(f"{line.period:%m.%Y}", "cell_bold"),
                Facts(facts),
                Grid(head, rows, (15, 70, 15), "llr", dense=True),
            ]
        return blocks

    def _draw_milk(self, data, student):
        _ = self.env._
        if "benefit.milk.issue.line" not in self.env:
            return []
        inside = [("date_from", ">=", data.first), ("date_from", "<=", data.last)]
        lines = data.of(student, "benefit.milk.issue.line", inside)
        rows = tuple(
            (
                data.day(line.date_from),
                data.label(line, "kind"),
                str(line.day_count),
                f"{line.quantity} {data.label(line, 'unit')}",
                data.day(line.issued_on),
                line.receiver_id.name or "",
            )
            for line in lines.sorted("date_from")
        )
        head = (
            *(_("From"), _("Kind"), _("Days"), _("Quantity")),
            *(_("Given out on"), _("Received by")),
        )
        return [Grid(head, rows, (13, 25, 9, 15, 14, 24))] if rows else []

    # === ЕГИССО === #

    def _draw_egisso(self, data, student):
        _ = self.env._
        if "egisso.fact" not in self.env:
            return []
        rows = tuple(
            (
                data.label(fact, "kind"),
                fact.uuid,
                data.day(fact.decision_date),
                f"{data.day(fact.date_start)} – {data.day(fact.date_finish)}",
                data.money(fact.amount) if fact.amount else "",
                data.label(fact, "state"),
                fact.package_id.display_name or "",
            )
            for fact in data.of(student, "egisso.fact", order="id")
        )
        head = (
            *(_("Kind"), "UUID", _("Decided on"), _("Period"), _("Roubles")),
            *(_("Status"), _("Package")),
        )
        return [Grid(head, rows, (15, 25, 11, 17, 9, 12, 11))] if rows else []


def _in_language(name, lang):
    """Return a translated name as the database has it: {language: text}."""
    if isinstance(name, dict):
        return name.get(lang) or name.get("en_US") or ""
    return name or ""


def _harmless(cell):
    """Return a cell that no office program takes for a formula.

    >>> _harmless("=1+1"), _harmless("Ivanov"), _harmless(5)
    ("'=1+1", 'Ivanov', 5)
    """
    if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@"):
        return f"'{cell}"
    return cell
