from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..const import LIVE_STATES
from ..domain import class_commands
from ..domain.class_commands import CONFIRM, ORDER, PRESENCE, SERVED

DONE = ("done", "")
SAME = ("same", "")


class MealClassScreen(models.AbstractModel):
    """The commands of the class screen, done in bulk and once.

    A thing that has changed since the user saw it is left as it is and reported: two
    teachers, or a teacher and a parent, must not undo each other unknowingly.
    """

    _inherit = "meal.class.screen"

    @api.model
    def _run(self, school_class, raw_commands):
        """Do what a class screen asks for; return [(status, message)] in its order.

        :param school_class: from :meth:`_get_class`
        :param raw_commands: as they came from the browser
        """
        if not isinstance(raw_commands, list):
            raise UserError(self.env._("The page sent nothing to save. Open it again."))
        if len(raw_commands) > class_commands.MAX_COMMANDS:
            raise UserError(
                self.env._(
                    "Too many changes at once (%(count)s). Open the page again and send"
                    " them in smaller steps.",
                    count=len(raw_commands),
                )
            )
        commands = [class_commands.parse(raw) for raw in raw_commands]
        known = {command.uuid for command in commands if command}
        store = self.env["meal.class.command"]
        new = store._claim(school_class, known)
        outcomes = store._recall(known - new)
        todo = {c.uuid: c for c in commands if c and c.uuid in new}
        fresh = {}
        for run in class_commands.runs(todo.values()):
            fresh |= self._run_together(school_class, run)
        store._keep(fresh)
        outcomes |= fresh
        unreadable = ("refused", self.env._("This change could not be read."))
        return [outcomes[c.uuid] if c else unreadable for c in commands]

    @api.model
    def _run_together(self, school_class, commands):
        """Do commands of one kind; what one of them cannot, all of them report."""
        do = {
            PRESENCE: self._do_presence,
            ORDER: self._do_order,
            SERVED: self._do_served,
            CONFIRM: self._do_confirm,
        }[commands[0].kind]
        try:
            with self.env.cr.savepoint():
                return do(school_class, commands)
        except (UserError, ValidationError, AccessError) as error:
            return {command.uuid: ("refused", str(error)) for command in commands}

    # === WHAT IS THERE NOW === #

    @api.model
    def _split(self, school_class, commands, wanted):
        """Return (students to change, outcomes of the others).

        :param wanted: function of (command, cell) → (what is there, what is wanted)
        """
        day = commands[0].date
        students = self._get_students(school_class)
        # sudo: students of the class that was checked
        outcomes, todo = {}, self.env["school.student"].sudo()
        if not self._is_open_day(school_class, commands[0]):
            late = self.env._(
                "Only today and the next school day are changed here, not %(date)s."
                " Ask the person responsible for meals.",
                date=day.strftime("%d.%m.%Y"),
            )
            return todo, {command.uuid: ("refused", late) for command in commands}
        cells = self._get_facts(students, {day})[day]
        for command in commands:
            cell = cells.get(command.student)
            if cell is None:
                outcomes[command.uuid] = ("refused", self._get_gone_message())
                continue
            there, target = wanted(command, cell)
            if there == target:
                outcomes[command.uuid] = SAME
            elif self._as_seen(there) != self._as_seen(command.seen):
                outcomes[command.uuid] = ("conflict", "")
            else:
                todo |= todo.browse(command.student)
                outcomes[command.uuid] = DONE
        return todo, outcomes

    @api.model
    def _as_seen(self, value):
        """The cut-off alone is no change by somebody else."""
        return "ordered" if value == "cooked" else value

    @api.model
    def _is_open_day(self, school_class, command):
        if command.kind == SERVED:
            return self._is_served_day(school_class, command.date)
        return command.date in self._get_days(school_class)

    @api.model
    def _get_gone_message(self):
        return self.env._("The student is not in this class any more.")

    @api.model
    def _refuse(self, commands, outcomes, refusals):
        """Enter refusals, [(student, message)], into the outcomes of commands."""
        messages = {student.id: message for student, message in refusals}
        for command in commands:
            if command.student in messages and outcomes[command.uuid] == DONE:
                outcomes[command.uuid] = ("refused", messages[command.student])

    @api.model
    def _get_role(self, school_class):
        """Return the origin, also the source, of what the user enters."""
        # sudo: who teaches a class that was checked
        is_teacher = school_class.sudo().teacher_id == self.env.user
        return "teacher" if is_teacher else "operator"

    # === PRESENCE === #

    @api.model
    def _do_presence(self, school_class, commands):
        day, reason = commands[0].date, commands[0].value
        students, outcomes = self._split(
            school_class, commands, lambda command, cell: (cell["absent"], reason)
        )
        if students:
            self._take_out_day(students, day)
            if reason:
                self.env["meal.absence"]._report(
                    students,
                    day,
                    day,
                    reason=reason,
                    source=self._get_role(school_class),
                )
        return outcomes

    @api.model
    def _take_out_day(self, students, day):
        """End what was reported for one day; what it says of other days stays."""
        # sudo: of the students of a class that was checked; nobody writes absences
        absences = (
            self.env["meal.absence"]
            .sudo()
            .search(
                [
                    ("student_id", "in", students.ids),
                    ("withdrawn_at", "=", False),
                    ("date_from", "<=", day),
                    ("date_to", ">=", day),
                ]
            )
        )
        if not absences:
            return
        absences._withdraw()
        for absence in absences:
            kept = {"reason": absence.reason, "source": absence.source}
            kept["note"] = absence.note
            for date_from, date_to in (
                (absence.date_from, fields.Date.subtract(day, days=1)),
                (fields.Date.add(day, days=1), absence.date_to),
            ):
                if date_from <= date_to:
                    absences._report(absence.student_id, date_from, date_to, **kept)

    @api.model
    def _do_confirm(self, school_class, commands):
        day = commands[0].date
        # sudo: the school of a class that was checked
        school = school_class.sudo().school_id
        if day != self.env["school.calendar"]._local_date(school):
            message = self.env._("A class is confirmed on the day itself.")
            return {command.uuid: ("refused", message) for command in commands}
        self.env["meal.attendance"]._confirm(school_class, day)
        return {command.uuid: DONE for command in commands}

    # === ORDERS === #

    @api.model
    def _do_order(self, school_class, commands):
        first = commands[0]
        students, outcomes = self._split(
            school_class, commands, lambda command, cell: self._see_order(command, cell)
        )
        if students and first.value:
            refusals = self._place_orders(school_class, students, first)
            self._refuse(commands, outcomes, refusals)
        elif students:
            taken_off = self._get_live_orders(students, first)._take_off("changed_mind")
            kept = students - taken_off.student_id
            message = self.env._("The portion was given out already.")
            self._refuse(commands, outcomes, [(student, message) for student in kept])
        return outcomes

    @api.model
    def _see_order(self, command, cell):
        """Compare states, but agree when there is, or is not, a portion as wanted."""
        state = cell["orders"].get(command.meal, "")
        is_there = state in LIVE_STATES
        return (state, state) if is_there == command.value else (state, None)

    @api.model
    def _get_live_orders(self, students, command):
        # sudo: of the students of a class that was checked
        return (
            self.env["meal.order"]
            .sudo()
            .search(
                [
                    ("student_id", "in", students.ids),
                    ("date", "=", command.date),
                    ("meal_type_id", "=", command.meal),
                    ("state", "in", LIVE_STATES),
                ]
            )
        )

    @api.model
    def _place_orders(self, school_class, students, command):
        """Order a meal for students; return [(student, message)] of those refused."""
        meal = self.env["meal.type"].browse(command.meal).exists()
        if not meal:
            return [
                (s, self.env._("There is no such meal any more.")) for s in students
            ]
        orders = self.env["meal.order"]
        __, refusals = orders._place(
            students, command.date, meal, origin=self._get_role(school_class)
        )
        allergens = self._get_known_allergens(school_class, refusals, command)
        return [
            (student, orders._get_refusal_message(code, allergens.get(student.id)))
            for student, code in refusals
        ]
