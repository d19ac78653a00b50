import base64
from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..domain import cycle_file, menu_files, sheets

OPERATOR = "school_meal_base.group_operator"


class MealCycleImport(models.TransientModel):
    """Reads a cyclic menu from a file `tmYYYY-sm.xlsx`, with a look at it first.

    Dishes are known by technological card and name; those that are not are made when
    the menu is taken over. Rows that cannot be read come back as a file.
    """

    _name = "meal.cycle.import"
    _description = "Cyclic Menu from a File"

    state = fields.Selection(
        [("new", "File"), ("checked", "Checked")], default="new", readonly=True
    )
    cycle_id = fields.Many2one(
        "meal.cycle",
        "Into",
        domain="[('state', '=', 'draft')]",
        help="Empty: a new one.",
    )
    name = fields.Char("Name of the menu")
    age_group_id = fields.Many2one("meal.age.group")
    date_from = fields.Date("In force from")
    day_count = fields.Integer("Days", readonly=True)
    mode = fields.Selection(
        [
            ("replace", "Replace the dishes of the days in the file"),
            ("add", "Add to the dishes that are there"),
        ],
        "Dishes that are there already",
        required=True,
        default="replace",
    )
    file = fields.Binary("File", attachment=False)
    file_name = fields.Char()
    line_ids = fields.One2many("meal.cycle.import.line", "import_id", "Rows")
    message = fields.Text(readonly=True)
    new_count = fields.Integer("New dishes", readonly=True)
    wrong_count = fields.Integer("Wrong rows", readonly=True)
    wrong_file = fields.Binary("Rows to correct", readonly=True, attachment=False)
    wrong_file_name = fields.Char(readonly=True)

    # === ACTIONS === #

    def action_check(self):
        """Read the file and show what would happen."""
        self.ensure_one()
        self._check_operator()
        if not self.file:
            raise UserError(self.env._("Choose a file first."))
        read, wrong = self._read_file()
        self.line_ids.unlink()
        self._write_findings(read, wrong)
        return self._reopen()

    def action_import(self):
        """Make the new dishes and put everything that is right into the cycle."""
        self.ensure_one()
        self._check_operator()
        cycle = self.cycle_id or self._create_cycle()
        lines = self.line_ids.filtered(lambda line: line.status != "wrong")
        if not lines:
            raise UserError(self.env._("The file has no row that can be taken over."))
        lines._make_dishes(cycle.age_group_id)
        if self.mode == "replace":
            days = set(lines.mapped("day_number"))
            cycle.line_ids.filtered(lambda line: line.day_number in days).unlink()
        self.env["meal.cycle.line"].create(
            [{**line._prepare_cycle_line(), "cycle_id": cycle.id} for line in lines]
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": "meal.cycle",
            "res_id": cycle.id,
            "view_mode": "form",
            "target": "main",
        }

    def action_again(self):
        self.write({"state": "new", "file": False, "message": False})
        return self._reopen()

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Read a cyclic menu from a file"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    # === READING === #

    def _check_operator(self):
        if not self.env.user.has_group(OPERATOR):
            raise UserError(
                self.env._("The person responsible for meals reads menus from files.")
            )

    def _read_file(self):
        try:
            return cycle_file.read(
                base64.b64decode(self.file), self.cycle_id.day_count or None
            )
        except sheets.SheetError as error:
            raise UserError(self._get_refusal(error.code)) from error

    def _get_refusal(self, code):
        return {
            "not_xlsx": self.env._("This is not an Excel workbook (.xlsx)."),
            "too_large": self.env._("The file is too large for a menu."),
            "no_header": self.env._(
                "The file has no row with the headers of a cyclic menu: %s.",
                ", ".join(cycle_file.HEADERS),
            ),
        }[code]

    def _get_sentences(self):
        """Return what is wrong with a row, by code."""
        return {
            "no_day": self.env._(
                "The week and the day of the week are numbers; a cycle has at most 28"
                " days."
            ),
            "beyond": self.env._("The menu read into has no such day."),
            "unknown_meal": self.env._(
                "Unknown meal. Write one of: %s.",
                ", ".join(menu_files.MEAL_NAMES.values()),
            ),
            "no_dish": self.env._("The row has no name of a dish."),
            "bad_number": self.env._(
                "Weight, nutrients and price are numbers, not negative: 12,5."
            ),
            "no_mass": self.env._("Fill in the weight of the dish in grams."),
        }

    def _write_findings(self, read, wrong):
        fitting, beyond = self._split(read)
        wrong = [*wrong, *beyond]
        sentences = self._get_sentences()
        values = self._prepare_lines(fitting) + self._prepare_wrong(wrong, sentences)
        counts = Counter(line["status"] for line in values)
        new_names = {
            (line["tech_card_number"], sheets.same_text(line["name"]))
            for line in values
            if line["status"] == "new"
        }
        data = cycle_file.write_wrong(wrong, sentences) if wrong else b""
        self.write(
            {
                "state": "checked",
                "line_ids": [fields.Command.create(line) for line in values],
                "day_count": max(5, read.day_count),
                "name": self.name or self._get_name(read),
                "age_group_id": (self.age_group_id or self._find_age(read.age)).id,
                "date_from": self.date_from or read.date,
                "new_count": len(new_names),
                "wrong_count": counts["wrong"],
                "wrong_file": base64.b64encode(data) if data else False,
                "wrong_file_name": self.env._("tm-to correct.xlsx"),
                "message": self.env._(
                    "%(rows)s dishes on %(days)s days; %(new)s dishes are new and will"
                    " be made; %(wrong)s rows cannot be taken over.",
                    rows=len(values) - counts["wrong"],
                    days=len(fitting),
                    new=len(new_names),
                    wrong=counts["wrong"],
                ),
            }
        )

    @api.model
    def _prepare_wrong(self, wrong, sentences):
        return [
            {
                "row": row.row,
                "day_number": row.day,
                "name": sheets.clean(row.cells[4]) or "?",
                "meal_name": sheets.clean(row.cells[2]),
                "status": "wrong",
                "message": sentences[row.code],
            }
            for row in wrong
        ]

    def _split(self, read):
        """Return (days that the cycle has, wrong rows of those that it has not)."""
        limit = self.cycle_id.day_count or cycle_file.MAX_DAYS
        fitting = {day: own for day, own in read.days.items() if day <= limit}
        week = cycle_file.days_per_week(read.day_count)
        beyond = [
            cycle_file.WrongRow(0, "beyond", self._as_cells(dish, day, week), day)
            for day, own in read.days.items()
            if day > limit
            for dish in own
        ]
        return fitting, beyond

    @api.model
    def _as_cells(self, dish, day, week):
        return (
            *((day - 1) // week + 1, (day - 1) % week + 1),
            *(menu_files.MEAL_NAMES[dish.meal], dish.section, dish.name, dish.output),
            *(dish.proteins, dish.fats, dish.carbohydrates, dish.energy),
            *(dish.recipe, menu_files.rubles(dish.price)),
        )

    def _get_name(self, read):
        return " ".join(
            part for part in (self.env._("Cyclic menu"), read.school, read.age) if part
        )

    @api.model
    def _find_age(self, text):
        """Return the age group that a file names: its code's first number tells."""
        groups = self.env["meal.age.group"].search([("grade_from", ">", 0)])
        for group in groups:
            names = (menu_files.AGE_NAMES.get(group.code), group.name)
            if sheets.same_text(text) in map(sheets.same_text, names):
                return group
        return groups.browse()

    # === MATCHING === #

    def _prepare_lines(self, days):
        meals = {meal.code: meal for meal in self.env["meal.type"].search([])}
        sections = self.env["meal.section"]._by_file_name()
        find = self._get_finder(days)
        values = []
        for day, dishes in sorted(days.items()):
            for place, dish in enumerate(dishes, 1):
                known = find(dish)
                section = sections.get(sheets.same_text(dish.section))
                values.append(
                    {
                        "day_number": day,
                        "sequence": place,
                        "meal_type_id": meals[dish.meal].id,
                        "meal_name": meals[dish.meal].name,
                        "section_id": section.id if section else False,
                        "name": dish.name,
                        "tech_card_number": dish.recipe,
                        "dish_id": known.id,
                        "output_g": dish.output,
                        "proteins_g": dish.proteins or 0,
                        "fats_g": dish.fats or 0,
                        "carbohydrates_g": dish.carbohydrates or 0,
                        "energy_kcal": dish.energy or 0,
                        "price": menu_files.rubles(dish.price) or 0,
                        **self._get_status(dish, known, section),
                    }
                )
        return values

    def _get_status(self, dish, known, section):
        notes = []
        if dish.section and not section:
            notes.append(self.env._("unknown section “%s”, left out", dish.section))
        if not known:
            return {"status": "new", "message": ", ".join(notes)}
        age = self.age_group_id or self.cycle_id.age_group_id
        output = known.dish_output_ids.filtered(lambda one: one.age_group_id == age)
        if output and abs(output.output_g - dish.output) > 0.01:
            notes.append(
                self.env._(
                    "%(file)s g in the file, %(card)s g in the technological card,"
                    " which counts",
                    file=dish.output,
                    card=output.output_g,
                )
            )
        return {"status": "differs" if notes else "known", "message": ", ".join(notes)}

    def _get_finder(self, days):
        """Return a function that finds the dish of a row, empty if there is none.

        Card and name decide; a row without a card is known by its name, if only one
        dish has it.
        """
        products = self.env["product.template"]
        companies = Domain("company_id", "in", [False, *self.env.companies.ids])
        by_both, by_name = {}, {}
        for dish in products.search(companies & Domain("is_dish", "=", True)):
            name = sheets.same_text(dish.name)
            card = sheets.same_text(dish.tech_card_number)
            by_both.setdefault((card, name), dish)
            by_name.setdefault(name, []).append(dish)

        def find(row):
            name, card = sheets.same_text(row.name), sheets.same_text(row.recipe)
            same = by_name.get(name, ())
            if not card and len(same) == 1:
                return same[0]
            return by_both.get((card, name), products)

        return find

    def _create_cycle(self):
        if not (self.name and self.age_group_id and self.date_from):
            raise UserError(
                self.env._("Fill in name, age group and first day of the new menu.")
            )
        return self.env["meal.cycle"].create(
            {
                "name": self.name,
                "age_group_id": self.age_group_id.id,
                "date_from": self.date_from,
                "day_count": self.day_count,
            }
        )
