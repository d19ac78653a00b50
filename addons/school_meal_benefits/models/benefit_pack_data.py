from odoo.tools import SQL

from odoo.addons.school_meal_base.domain import snils

#: Portions of students with order, issue and who paid; one row each.
MEALS = """
    SELECT l.student_id, l.date, t.id AS meal, l.portion, l.revision, l.outcome,
           l.presence, l.price, o.state, o.origin, v.occurred_at, v.source, v.verdict,
           v.is_offline, coalesce(parts.paid, '[]') AS paid, l.id
      FROM meal_day_line l
      JOIN meal_type t ON t.id = l.meal_type_id
      LEFT JOIN meal_order o ON o.id = l.order_id
      LEFT JOIN meal_issue_event v ON v.id = l.event_id
      LEFT JOIN LATERAL (
           SELECT jsonb_agg(jsonb_build_array(s.name, p.amount, p.transfer_uuid)
                            ORDER BY s.sequence, s.id) AS paid
             FROM meal_day_part p JOIN meal_funding_source s ON s.id = p.source_id
            WHERE p.line_id = l.id) parts ON true
     WHERE l.student_id = ANY(%(students)s) AND l.is_current
       AND l.date BETWEEN %(first)s AND %(last)s
     ORDER BY l.student_id, l.date, t.sequence, l.portion
"""


class PackData:
    """What the sections of a pack read, for all its children at once.

    :param pack: benefit.pack, as superuser; `user` is who asks
    """

    def __init__(self, pack, user):
        self.pack, self.user, self.env = pack, user, pack.env
        self.students = pack.student_ids.sorted(
            lambda one: (
                one.school_id.code or "",
                one.last_name,
                one.first_name,
                one.id,
            )
        )
        self.first, self.last = pack.date_from, pack.date_to
        self.shows_numbers = user.has_group("school_meal_base.group_sensitive_data")
        self._cache = {}

    def group(self, model, domain=(), by="student_id", order=None):
        """Return {student: records} of a model, read once."""
        key = model, str(domain), by, order
        if key not in self._cache:
            records = self.env[model].with_context(active_test=False)
            found = records.search(
                [(by, "in", self.students.ids), *domain], order=order
            )
            self._cache[key] = found.grouped(by)
        return self._cache[key]

    def of(self, student, model, domain=(), **options):
        empty = self.env[model]
        return self.group(model, domain, **options).get(student, empty)

    def meals(self, student=None):
        """Return the portions as dicts, of one child or of all."""
        if "meals" not in self._cache:
            self.env.flush_all()
            self.env.cr.execute(
                SQL(
                    MEALS,
                    students=self.students.ids,
                    first=self.first,
                    last=self.last,
                )
            )
            self._cache["meals"] = self.env.cr.dictfetchall()
        rows = self._cache["meals"]
        if student is None:
            return rows
        if "by_student" not in self._cache:
            found = {}
            for row in rows:
                found.setdefault(row["student_id"], []).append(row)
            self._cache["by_student"] = found
        return self._cache["by_student"].get(student.id, [])

    # === WORDS === #

    def label(self, record_or_model, name, value=None):
        """Return the word of a selection, of a record or of a value of a model."""
        model = record_or_model
        if value is None:
            value = record_or_model[name]
        if not value:
            return ""
        words = self.words(model._name, name)
        return words.get(value, value)

    def words(self, model, name):
        key = "words", model, name
        if key not in self._cache:
            field = self.env[model]._fields[name]
            self._cache[key] = dict(field._description_selection(self.env))
        return self._cache[key]

    def day(self, value):
        return f"{value:%d.%m.%Y}" if value else ""

    def moment(self, value, school):
        if not value:
            return ""
        local = self.env["school.calendar"]._local_datetime(school, value)
        return f"{local:%d.%m.%Y %H:%M}"

    def money(self, value):
        return self.env["meal.statement"]._format_price(float(value or 0))

    def number(self, value):
        """Return a СНИЛС, of others than who may see it the end, and if it is right."""
        if not value:
            return self.env._("missing")
        wrong = snils.problem(value)
        if self.shows_numbers:
            text = snils.display(value)
        else:
            text = f"***-***-*** {snils.digits(value)[-2:]}"
        return self.env._("%s (wrong)", text) if wrong else text
