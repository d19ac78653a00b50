"""Меню-требование на выдачу продуктов питания, ОКУД 0504202, on A4 landscape.

A Russian form, so its words are Russian in every language of the program.
"""

from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether, Spacer, Table, TableStyle

from odoo.addons.school_meal_base.domain.money import format_rubles
from odoo.addons.school_meal_base.report import pdf

PAGE = 277 * mm
SIGNATURES = (
    "Врач (диетсестра)",
    "Повар",
    "Кладовщик",
    "Бухгалтер",
)
PLAIN = [
    ("FONTNAME", (0, 0), (-1, -1), pdf.FONT),
    ("FONTSIZE", (0, 0), (-1, -1), 8),
    ("TOPPADDING", (0, 0), (-1, -1), 1),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("VALIGN", (0, 0), (-1, -1), "BOTTOM"),
]


def kilograms(value):
    """Return kilograms as the form shows them.

    >>> kilograms(12.3456), kilograms(0)
    ('12,346', '')
    """
    return f"{value:.3f}".replace(".", ",") if value else ""


def columns_of(lines):
    """Return the (meal, age) columns of a form, in the order of the day."""
    order = {
        (line["meal"], line["age"]): (line["meal_order"], line["age_order"])
        for line in lines
    }
    return sorted(order, key=order.get)


def products_of(lines):
    """Return [(product, code, {column: kg}, kg, price, cost)] by name."""
    found = {}
    for line in lines:
        row = found.setdefault(
            line["product_id"],
            {**line, "by": {}, "total": 0, "sum": 0},
        )
        column = line["meal"], line["age"]
        row["by"][column] = row["by"].get(column, 0) + line["kg"]
        row["total"] += line["kg"]
        row["sum"] += line["cost"]
    return sorted(found.values(), key=lambda row: row["product"].casefold())


def render(form):
    """Return the bytes of the PDF of `meal.requirement._get_form()`."""
    pdf.register_fonts()
    date = f"{form['date']:%d.%m.%Y}"
    flowables = [
        _head(form, date),
        Spacer(0, 3 * mm),
        pdf.paragraph(
            f"МЕНЮ-ТРЕБОВАНИЕ № {form['number']} НА ВЫДАЧУ ПРОДУКТОВ ПИТАНИЯ", "title"
        ),
        pdf.paragraph(f"на {date}", "subtitle"),
        _box(form),
        Spacer(0, 3 * mm),
        _dishes(form["lines"]),
        Spacer(0, 3 * mm),
        _products(form["lines"]),
        Spacer(0, 4 * mm),
        KeepTogether(_signatures(form)),
    ]
    if form["problems"]:
        flowables.insert(4, pdf.paragraph(form["problems"], "body"))
    if not form["is_approved"]:
        flowables.insert(3, pdf.paragraph("ПРОЕКТ, не утверждено", "subtitle"))
    return pdf.build_document(
        flowables,
        title=f"Меню-требование {form['number']}",
        footer=f"Форма по ОКУД 0504202 · {form['school']} · {date}",
        landscape=True,
        margin=10 * mm,
    )


def _head(form, date):
    left = Table(
        [
            ["Утверждаю"],
            [f"Руководитель ____________________ {form['approver']}"],
            ["«____» ____________________ 20____ г."],
            [""],
            [pdf.paragraph(f"Учреждение: {form['school']}", "cell")],
            ["Структурное подразделение: столовая"],
            [f"Материально ответственное лицо: {form['responsible']}"],
        ],
        [200 * mm],
        style=TableStyle(PLAIN),
    )
    codes = Table(
        [
            ["", "Коды"],
            ["Форма по ОКУД", "0504202"],
            ["Дата", date],
            ["по ОКПО", form["okpo"]],
        ],
        [45 * mm, 30 * mm],
        style=TableStyle(
            [
                *PLAIN,
                ("ALIGN", (0, 0), (0, -1), "RIGHT"),
                ("ALIGN", (1, 0), (1, -1), "CENTER"),
                ("RIGHTPADDING", (0, 0), (0, -1), 4),
                ("GRID", (1, 0), (1, -1), 0.4, pdf.LINE),
            ]
        ),
    )
    return Table([[left, codes]], [202 * mm, 75 * mm], style=TableStyle(PLAIN))


def _box(form):
    cost = sum(line["cost"] for line in form["lines"])
    count = form["portions"]
    average = format_rubles(round(cost / count)) if count else ""
    rows = [
        (
            "Категория довольствующихся",
            "Численность (порций)",
            "Фактическая стоимость порции, руб.",
            "Фактическая стоимость на всех, руб.",
        ),
        ("обучающиеся", count, average, format_rubles(cost)),
    ]
    return pdf.table(rows, [PAGE / 4] * 4, aligns="lrrr")


def _dishes(lines):
    """A row per meal and age; dishes of several numbers of portions have several."""
    found = {}
    for line in lines:
        key = line["meal_order"], line["age_order"], -line["portions"]
        row = found.setdefault(key, (line["meal"], line["age"], [], line["portions"]))
        if line["dish"] not in row[2]:
            row[2].append(line["dish"])
    rows = [("Приём пищи", "Возраст", "Блюда", "Порций")]
    for _key, (meal, age, dishes, portions) in sorted(found.items()):
        rows.append((meal, age, "; ".join(dishes), portions))
    widths = [28 * mm, 36 * mm, PAGE - 84 * mm, 20 * mm]
    return pdf.table(rows, widths, aligns="lllr")


def _products(lines):
    columns = columns_of(lines)
    head = (
        "№", "Продукты питания", "Код", "Ед.",
        *(f"{meal}, {age}" for meal, age in columns),
        "Всего, кг", "Цена, руб.", "Сумма, руб.",
    )  # fmt: skip
    rows = [head]
    for number, row in enumerate(products_of(lines), 1):
        rows.append(
            (
                number, row["product"], row["code"], "кг",
                *(kilograms(row["by"].get(column)) for column in columns),
                kilograms(row["total"]), format_rubles(row["price"]),
                format_rubles(row["sum"]),
            )
        )  # fmt: skip
    total = sum(line["cost"] for line in lines)
    rows.append(
        ("", "Итого", "", "", *[""] * len(columns), "", "", format_rubles(total))
    )
    fixed = [8, 0, 14, 9, 19, 20, 24]
    width = min(24, (277 - sum(fixed) - 50) / max(len(columns), 1))
    name = 277 - sum(fixed) - width * len(columns)
    widths = [8, name, 14, 9, *[width] * len(columns), 19, 20, 24]
    return pdf.table(
        rows,
        [each * mm for each in widths],
        aligns="rllc" + "r" * (len(columns) + 3),
        bold_rows=(-1,),
    )


def _signatures(form):
    style = TableStyle([*PLAIN, ("TOPPADDING", (0, 0), (-1, -1), 6)])
    cells = [f"{title} ______________ / ______________ /" for title in SIGNATURES]
    head = f"Руководитель ______________ / {form['approver'] or '______________'} /"
    rows = [[head, cells[0], ""], cells[1:]]
    return [Table(rows, [PAGE / 3] * 3, style=style)]
