"""Roster of a city: 17,600 students in 68 schools, first import, repeat, 5 % changed.

What is measured is all an operator waits for: reading the file, the preview and the
import.

The baseline is the orientation given for two cores: first import in 3 minutes, repeat
(and a list with 5 % changes) in 30 seconds, as rows per second.
"""

import base64
import random
import resource
import threading
import time

from .context import scaled

STUDENTS = scaled(17_600, 200)
SCHOOLS = 68
CHANGED = 0.05
FIRST_SECONDS = 180 * STUDENTS / 17_600
REPEAT_SECONDS = 30 * STUDENTS / 17_600
HEADERS = (
    "Школа",
    "Класс",
    "Фамилия",
    "Имя",
    "Отчество",
    "Дата рождения",
    "Пол",
    "СНИЛС",
    "Представитель",
    "Степень родства",
    "Телефон",
    "E-mail",
)
LAST = "Иванов Смирнов Кузнецов Попов Васильев Петров Соколов Михайлов Новиков Фёдоров"
MALE = "Александр Максим Михаил Артём Иван Дмитрий Матвей Даниил Лев Тимофей"
FEMALE = "София Мария Анна Алиса Ева Виктория Полина Варвара Ксения Дарья"
MIDDLE = "Алексеев Иванов Сергеев Андреев Дмитриев Михайлов Павлов Петров Егоров"


def run(ctx):
    """Return the measurements as a list of dicts."""
    env = ctx.env
    company = make_city(env)
    rows = make_rows()
    first = timed(env, company, rows, "create_count", len(rows))
    # as if the students had come weeks ago: moves of today then keep a history
    env.cr.execute(
        "UPDATE school_enrolment SET date_from = date_from - 30 WHERE company_id = %s",
        [company.id],
    )
    env.cr.commit()
    repeat = timed(env, company, rows, "unchanged_count", len(rows))
    changed = change_rows(rows)
    third = timed(env, company, rows, "change_count", changed // 2)
    return [
        result("roster.first", first, FIRST_SECONDS),
        result("roster.repeat", repeat, REPEAT_SECONDS),
        result("roster.changed5", third, REPEAT_SECONDS),
        {
            "name": "roster.peak_memory",
            "value": round(max(first[1], repeat[1], third[1])),
            "unit": "MB more than before",
            "baseline": 512,
            "ratio": round(max(first[1], repeat[1], third[1]) / 512, 2),
        },
    ]


def result(name, measured, seconds):
    """Rows per second against the rows per second that were asked for."""
    took, _memory, cpu = measured
    value, baseline = STUDENTS / took, STUDENTS / seconds
    return {
        "name": name,
        "value": round(value, 1),
        "unit": "rows/s",
        "baseline": round(baseline, 1),
        "ratio": round(value / baseline, 2),
        "seconds": round(took, 1),
        "cpu_seconds": round(cpu, 1),
    }


def make_city(env):
    """A municipality of its own with its schools."""
    company = env["res.company"].create(
        {
            "name": f"Benchmark {time.time_ns()}",
            "currency_id": env.ref("base.RUB").id,
            "country_id": env.ref("base.ru").id,
        }
    )
    env.user.company_ids += company
    env["school.school"].create(
        [
            {
                "name": f"МБОУ СОШ № {number}",
                "short_name": f"Школа {number}",
                "code": f"{number:03d}",
                "company_id": company.id,
            }
            for number in range(1, SCHOOLS + 1)
        ]
    )
    env.cr.commit()
    return company


def make_rows(seed=2026):
    """Rows of the list, the same at every run; a fifth have a brother or sister."""
    rng = random.Random(seed)
    rows, family = [], None
    for number in range(STUDENTS):
        grade = rng.randint(1, 11)
        boy = rng.random() < 0.5
        if family is None or rng.random() > 0.2:
            family = make_family(rng, number)
        last, parent, phone, email = family
        rows.append(
            [
                f"Школа {number * SCHOOLS // STUDENTS + 1}",
                f"{grade}{rng.choice('АБВ')}",
                last if boy else f"{last}а",
                rng.choice((MALE if boy else FEMALE).split()),
                rng.choice(MIDDLE.split()) + ("ич" if boy else "на"),
                f"{rng.randint(1, 28):02d}.{rng.randint(1, 12):02d}.{2019 - grade}",
                "М" if boy else "Ж",
                make_snils(number),
                parent,
                "мать",
                phone,
                email,
            ]
        )
    return rows


def make_family(rng, number):
    """(last name, mother, phone, e-mail)."""
    last = rng.choice(LAST.split())
    mother = f"{last}а {rng.choice(FEMALE.split())} {rng.choice(MIDDLE.split())}на"
    return last, mother, f"+7900{number:07d}", f"parent{number}@example.com"


def make_snils(number):
    """A number that passes its check."""
    body = f"{200_000_000 + number * 7:09d}"
    total = sum(int(digit) * (9 - place) for place, digit in enumerate(body))
    return f"{body}{total % 101 % 100:02d}"


def change_rows(rows):
    """Change 5 % of the rows in place: half move, half get a new phone."""
    rng = random.Random(5)
    chosen = rng.sample(range(len(rows)), int(len(rows) * CHANGED))
    for count, index in enumerate(chosen):
        row = rows[index]
        if count % 2:
            grade = int("".join(char for char in row[1] if char.isdigit()))
            row[1] = f"{grade}{'Г' if count % 4 == 1 else 'Д'}"
        else:
            row[10] = f"+7901{index:07d}"
    return len(chosen)


def timed(env, company, rows, counter, at_least):
    """Import the rows; return (seconds, MB gained at the peak, seconds of CPU)."""
    from odoo.addons.school_meal_base.domain import roster_table

    data = base64.b64encode(roster_table.write_xlsx(HEADERS, rows))
    env.invalidate_all()
    imports = env["meal.roster.import"].with_company(company)
    with Peak() as peak:
        start, cpu = time.perf_counter(), time.process_time()
        roster = imports.create(
            {"company_id": company.id, "file": data, "file_name": "city.xlsx"}
        )
        roster.school_id = False
        roster.action_read()
        roster.action_preview()
        print(f"  preview {time.perf_counter() - start:.1f} s")
        roster._set({"state": "running", "applied_by_id": env.uid})
        roster._apply()
        env.cr.commit()
        took, cpu = time.perf_counter() - start, time.process_time() - cpu
    counts = {
        name: roster[f"{name}_count"]
        for name in ("create", "change", "move", "unchanged", "error", "ambiguous")
    }
    print(
        f"  {took:.1f} s, +{peak.gained:.0f} MB, {counts}, failed {roster.failed_count}"
    )
    assert roster[counter] >= at_least - roster.ambiguous_count, counts
    return took, peak.gained, cpu


class Peak:
    """Memory of the process at its highest, in MB above the start."""

    def __enter__(self):
        self.start = self.highest = self.now()
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *exc):
        self.stop.set()
        self.thread.join()
        self.gained = self.highest - self.start

    def watch(self):
        """Look twenty times a second."""
        while not self.stop.wait(0.05):
            self.highest = max(self.highest, self.now())

    @staticmethod
    def now():
        """Resident memory in MB."""
        with open("/proc/self/statm") as statm:
            return int(statm.read().split()[1]) * resource.getpagesize() / 1024**2
