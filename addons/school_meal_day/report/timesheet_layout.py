"""The two timesheets as a grid: what the PDF and the workbook have in common.

Russian forms: their words are Russian in every language of the program.
"""

from dataclasses import dataclass, field
from datetime import date

from odoo.addons.school_meal_base.domain.money import format_rubles

from ..domain.timesheet import join_days, unknown_days

MONTHS = (
    "январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август",
    "сентябрь", "октябрь", "ноябрь", "декабрь",
)  # fmt: skip
#: Kinds of columns.
NUMBER, TEXT, DAY, MONEY = "number", "text", "day", "money"
#: Kinds of rows.
STUDENT, BLOCK, TOTAL, TALL = "student", "block", "total", "tall"
#: A column per source as long as there is room for so many.
MAX_SOURCES = 5


@dataclass
class Column:
    title: str  # a soft hyphen where it may be broken
    width: float  # millimetres
    kind: str = TEXT
    is_summed: bool = False
    is_off: bool = False
    is_unknown: bool = False


@dataclass
class Row:
    """`cells` are text, whole numbers (kopecks in a money column) or None."""

    kind: str
    cells: list


@dataclass
class Layout:
    title: str
    period: str
    okud: str
    fields: list  # (label, value) of the head
    columns: list
    rows: list
    totals: list
    signatures: list  # (post, name)
    notes: list = field(default_factory=list)
    draft: str = ""
    signed: str = ""
    month: date = None
    class_name: str = ""


def lay_out(content, signature):
    """Return the :class:`Layout` of a content.

    :param signature: {"version", "by", "at", "digest"} of the sheet; `by` is empty
        while it is a draft
    """
    month = date.fromisoformat(content["month"])
    build = _attendance if content["kind"] == "attendance" else _meals
    layout = build(content)
    layout.month = month
    layout.class_name = content["class"]
    layout.period = f"за {MONTHS[month.month - 1]} {month.year} г."
    if signature["version"] > 1:
        layout.period += f" (версия {signature['version']})"
    if signature["by"]:
        layout.signed = (
            f"Подписано в системе: {signature['by']}, {signature['at']}."
            f" Контрольная сумма SHA-256: {signature['digest']}"
        )
    else:
        unknown = join_days(unknown_days(content))
        layout.draft = "ЧЕРНОВИК" + (f": нет данных за {unknown}" if unknown else "")
    return layout


def sum_rows(label, rows, columns):
    """Return a total row of student rows."""
    cells = [None] * len(columns)
    cells[1] = label
    for index, column in enumerate(columns):
        if column.is_summed:
            cells[index] = sum(row.cells[index] or 0 for row in rows)
    return Row(TOTAL, cells)


def _day_columns(content):
    return [
        Column(str(day["day"]), 4.4, DAY, is_off=day["off"],
               is_unknown=not day["known"])
        for day in content["days"]
    ]  # fmt: skip


def _attendance(content):
    columns = [
        Column("№ п/п", 6.5, NUMBER),
        Column("Фамилия, имя ребенка", 50),
        Column("Номер счета", 16.5),
        Column("Плата по ставке", 11.5, MONEY),
        *_day_columns(content),
        Column("всего", 9.5, NUMBER, is_summed=True),
        Column("в т.ч. засчи- тыва- емых", 11.5, NUMBER, is_summed=True),
        Column("Дни посещения, подлежащие оплате", 15.5, NUMBER, is_summed=True),
    ]
    columns.append(Column("Причины непосещения (основание)", _rest(columns)))
    totals = [
        Row(TOTAL, [None, "Всего отсутствует детей", None, None, *content["absent"],
                    content["missed"], content["excused"], None, None]),
        Row(TOTAL, [None, "Всего присутствует детей", None, None, *content["present"],
                    None, None, content["payable"], None]),
    ]  # fmt: skip
    week = {"5": "пятидневная неделя", "6": "шестидневная неделя"}[content["week"]]
    return Layout(
        title="ТАБЕЛЬ учета посещаемости детей",
        period="",
        okud="0504608",
        fields=[
            ("Учреждение", content["school"]),
            ("Структурное подразделение", f"{content['class']} класс"),
            ("Вид расчета", content.get("calculation", "питание учащихся")),
            ("Режим работы", week),
        ],
        columns=columns,
        rows=_attendance_rows(content),
        totals=totals,
        notes=_attendance_notes(content),
        signatures=[
            ("Руководитель учреждения", content["head"]),
            ("Ответственный исполнитель, классный руководитель", content["teacher"]),
        ],
    )


def _attendance_rows(content):
    return [
        Row(
            STUDENT,
            [
                number,
                row["name"],
                row["account"],
                content["rate"],
                *row["marks"],
                row["missed"],
                row["excused"],
                row["payable"],
                row["reasons"],
            ],
        )
        for number, row in enumerate(content["rows"], 1)
    ]


def _attendance_notes(content):
    notes = [
        "Пусто – присутствует; Н – отсутствует; В – выходной, праздничный или"
        " каникулярный день; «–» – не числится в классе."
    ]
    if content["notes"]:
        notes.append("В том числе дни «В»: " + "; ".join(content["notes"]) + ".")
    return notes


def _meals(content):
    sources = content.get("sources", [])[:MAX_SOURCES]
    columns = [
        Column("№ п/п", 6.5, NUMBER),
        Column("Фамилия, имя ребенка", 54),
        *_day_columns(content),
        Column("Пор\u00adций", 9, NUMBER, is_summed=True),
        Column("Стоимость, всего", 18, MONEY, is_summed=True),
    ]
    if sources:
        left = _rest(columns)
        width = min(19, left / len(sources))
        # what the sources do not need is for the names
        columns[1].width += left - width * len(sources)
        for _code, name, is_parent in sources:
            title = "в т.ч. за счет родителей" if is_parent else name
            columns.append(Column(title, width, MONEY, is_summed=True))
    else:
        columns[1].width += _rest(columns)
    rows = _meal_rows(content, columns, [code for code, _n, _p in sources])
    return Layout(
        title="ТАБЕЛЬ учета питания учащихся",
        period="",
        okud="",
        fields=[
            ("Учреждение", content["school"]),
            ("Класс", content["class"]),
            ("Всего обучающихся", str(len(content["rows"]))),
            ("Питались", _share(content["fed"], len(content["rows"]))),
        ],
        columns=columns,
        rows=rows,
        totals=_meal_totals(content, columns, sources),
        notes=_meal_notes(content),
        signatures=[
            ("Руководитель учреждения", content["head"]),
            ("Ответственный за питание", content["responsible"]),
            ("Классный руководитель", content["teacher"]),
        ],
    )


def _meal_rows(content, columns, codes):
    students = content["rows"]
    if "sources" not in content:
        return [_meal_row(n, row, codes) for n, row in enumerate(students, 1)]
    rows = []
    for title, is_benefit in (
        ("Льготная категория", True),
        ("Не льготная категория", False),
    ):
        block = [row for row in students if row["is_benefit"] == is_benefit]
        if not block:
            continue
        done = sum(row.kind == STUDENT for row in rows)
        made = [_meal_row(n, row, codes) for n, row in enumerate(block, done + 1)]
        rows += [Row(BLOCK, [title]), *made]
        rows.append(sum_rows(f"Итого: {title.lower()}", made, columns))
    return rows


def _meal_row(number, row, codes):
    sums = [row["parts"].get(code) for code in codes]
    return Row(
        STUDENT,
        [number, row["name"], *row["marks"], row["portions"], row["total"], *sums],
    )


def _meal_totals(content, columns, sources):
    nothing = [None] * (len(columns) - 2 - len(content["days"]))
    total = [content["portions"], content["total"]]
    total += [content["parts"].get(code) for code, _n, _p in sources]
    days = content["days"]

    def known(values):
        return [value or None if day["known"] else "?"
                for value, day in zip(values, days, strict=True)]  # fmt: skip

    return [
        Row(TOTAL, [None, "Питалось учащихся", *known(content["day_students"]),
                    *nothing]),
        Row(TOTAL, [None, "Порций", *known(content["day_portions"]), *total]),
        Row(TALL, [None, "Стоимость дня питания, руб.",
                   *(value or None for value in content["day_totals"]), *nothing]),
    ]  # fmt: skip


def _meal_notes(content):
    notes = [
        "З – завтрак, з – второй завтрак, О – обед, П – полдник, У – ужин, у – второй"
        " ужин; В – выходной, праздничный или каникулярный день; «–» – не числится."
    ]
    if content["notes"]:
        notes.append("В том числе дни «В»: " + "; ".join(content["notes"]) + ".")
    prices = [
        f"{each['name'].lower()} {format_rubles(each['price'])} × {each['portions']}"
        f" = {format_rubles(each['price'] * each['portions'])}"
        for each in content["prices"]
    ]
    if prices:
        notes.append("Стоимость питания, руб.: " + "; ".join(prices) + ".")
    if content.get("sources"):
        parts = [
            f"{name} {format_rubles(content['parts'][code])}"
            for code, name, _is_parent in content["sources"]
        ]
        notes.append("По источникам, руб.: " + "; ".join(parts) + ".")
    total = format_rubles(content["total"])
    notes.append(f"Итого стоимость питания за месяц: {total} руб.")
    return notes


#: Width of A4 landscape within margins of 8 mm.
PAGE_WIDTH = 281


def _rest(columns):
    return PAGE_WIDTH - sum(column.width for column in columns)


def _share(fed, total):
    return f"{fed} ({round(100 * fed / total)} %)" if total else "0"
