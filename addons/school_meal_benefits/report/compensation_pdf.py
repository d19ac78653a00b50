"""Printed forms of compensation: the calculation of a child, the payment list.

Russian forms, so their words are Russian in every language of the program.
"""

from num2words import num2words
from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, KeepTogether, PageBreak, Spacer

from odoo.addons.school_meal_base.domain.money import format_rubles
from odoo.addons.school_meal_base.report import pdf

MONTHS = (
    "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь"
).split()
WEEK_DAYS = "пн вт ср чт пт сб вс".split()
#: A reason of `domain/compensation.py` in the words of the regulation.
REASONS = {
    "before_start": "до возникновения права (п. 25)",
    "after_end": "предоставление прекращено (п. 24)",
    "not_entitled": "нет действующего решения",
    "other_school": "обучался в другой организации",
    "weekend": "выходной день (п. 30.1)",
    "holiday": "праздничный день (п. 30.1)",
    "vacation": "каникулы (п. 30.2)",
    "day_off": "неучебный день по календарному графику (п. 29)",
    "recreation": "организация отдыха, санаторий (п. 30.3)",
    "rehabilitation": "реабилитация (п. 30.4)",
    "hospital": "стационар, полное гособеспечение (п. 30.5)",
    "onsite": "обучался в организации (п. 21)",
    "not_taught": "нет занятий по индивидуальному расписанию (п. 29)",
    "excused": "пропуск по уважительной причине (п. 30.6)",
    "unexcused": "пропуск без уважительной причины (п. 30.6)",
    "meal": "получил бесплатное питание (п. 21)",
    "no_rate": "размер компенсации не установлен (п. 28)",
    "paid_elsewhere": "выплачено другой организацией",
    "counted": "",
}


def month_name(day):
    """Return the month of a day in words: «ноябрь 2026 г.»."""
    return f"{MONTHS[day.month - 1]} {day.year} г."


def rubles_in_words(kopecks):
    """Return an amount in words, kopecks in digits."""
    whole, part = divmod(kopecks, 100)
    words = num2words(whole, lang="ru").capitalize()
    return f"{words} руб. {part:02d} коп."


def render_sheets(sheets):
    """Return the PDF of the calculations of one or many children, each on a page.

    :param sheets: dicts as `compensation.line._get_content` gives them
    """
    flowables = []
    for sheet in sheets:
        if flowables:
            flowables.append(PageBreak())
        flowables += _sheet(sheet)
    return pdf.build_document(
        flowables,
        title="Расчёт денежной компенсации за питание",
        footer="Расчёт денежной компенсации за питание",
        margin=13 * mm,
    )


def _sheet(sheet):
    is_correction = sheet["previous"] is not None
    title = "Расчёт денежной компенсации за питание"
    yield pdf.paragraph(title, "title")
    what = "перерасчёт за" if is_correction else "за"
    yield pdf.paragraph(f"{what} {month_name(sheet['period'])}", "subtitle")
    plain = [("GRID", (0, 0), (-1, -1), 0, "#FFFFFF")]
    facts = [
        ("Образовательная организация", sheet["school"]),
        ("Обучающийся, класс", sheet["student"]),
        ("Основание", sheet["decision"]),
        ("Получатель", sheet["payee"]),
    ]
    yield pdf.table(facts, (52 * mm, 132 * mm), head_rows=0, extra=plain)
    yield Spacer(0, 2 * mm)
    yield _days_table(sheet, is_correction)
    yield Spacer(0, 3 * mm)
    yield KeepTogether([*_sums(sheet, is_correction), *_signatures(sheet)])


def _days_table(sheet, is_correction):
    head = ["Дата", "День", "Учтён", "Причина, по которой день не оплачивается", "Руб."]
    widths = [20 * mm, 12 * mm, 14 * mm, 112 * mm, 26 * mm]
    if is_correction:
        head = [*head[:4], "Ранее, руб.", "Теперь, руб."]
        widths = [20 * mm, 12 * mm, 14 * mm, 88 * mm, 25 * mm, 25 * mm]
    rows, shaded = [head], []
    for at, day in enumerate(sheet["days"], 1):
        money = format_rubles(day["kopecks"]) if day["kopecks"] else ""
        cells = [
            f"{day['date']:%d.%m.%Y}",
            WEEK_DAYS[day["date"].weekday()],
            "да" if day["is_counted"] else "",
            REASONS[day["reason"]],
        ]
        if is_correction:
            before = sheet["previous"].get(day["date"], 0)
            cells.append(format_rubles(before) if before else "")
            if before != day["kopecks"]:
                shaded.append(("BACKGROUND", (0, at), (-1, at), "#FDE9B8"))
        elif not day["is_counted"]:
            shaded.append(("BACKGROUND", (0, at), (-1, at), "#F3F4F6"))
        rows.append([*cells, money])
    compact = [
        ("TOPPADDING", (0, 1), (-1, -1), 0.5),
        ("BOTTOMPADDING", (0, 1), (-1, -1), 1.5),
    ]
    aligns = "lcclrr" if is_correction else "lcclr"
    return pdf.table(rows, widths, aligns=aligns, extra=[*compact, *shaded])


def _sums(sheet, is_correction):
    total = format_rubles(sheet["total"])
    yield pdf.paragraph(
        f"Учтено дней: {sheet['day_count']}. Начислено за месяц: {total} руб."
    )
    for rate in sheet["rates"]:
        yield pdf.paragraph(
            f"Размер компенсации: {format_rubles(rate['kopecks'])} руб. в день с"
            f" {rate['date_from']:%d.%m.%Y}, {rate['basis']} ({rate['days']} дн.)"
        )
    if is_correction:
        before = format_rubles(sheet["previous_total"])
        yield pdf.paragraph(f"Начислено ранее за этот месяц: {before} руб.")
    due = sheet["amount"]
    label = "К выплате" if due >= 0 else "Удерживается из следующих выплат"
    words = rubles_in_words(abs(due))
    yield pdf.paragraph(f"{label}: {format_rubles(abs(due))} руб. ({words})", "heading")


def _signatures(sheet):
    yield Spacer(0, 4 * mm)
    line = "____________________"
    yield pdf.paragraph(f"Расчёт составил: {line} {sheet['calculated']}")
    yield Spacer(0, 2 * mm)
    yield pdf.paragraph(f"Утвердил: {line} {sheet['approved']}")


def render_list(content):
    """Return the PDF of a payment list with places for signatures.

    :param dict content: as `compensation.payment.list._get_content` gives it
    """
    head = [
        "№ п/п",
        "№ поруч.",
        "Обучающийся",
        "Организация",
        "Получатель",
        "Счёт",
        "БИК",
        "За месяцы",
        "Дней",
        "Сумма, руб.",
    ]
    widths = [w * mm for w in (9, 14, 48, 27, 48, 40, 20, 24, 11, 24)]
    rows = [head]
    for at, row in enumerate(content["rows"], 1):
        rows.append(
            [
                at,
                row["number"],
                row["student"],
                row["school"],
                row["payee"],
                row["account"],
                row["bic"],
                row["months"],
                row["days"],
                format_rubles(row["kopecks"]),
            ]
        )
    total = sum(row["kopecks"] for row in content["rows"])
    rows.append(["", "", "Итого", *[""] * 6, format_rubles(total)])
    number = content["number"] or "(проект)"
    flowables = [
        pdf.paragraph(f"Ведомость на выплату № {number}", "title"),
        pdf.paragraph(
            "денежной компенсации за питание обучающихся с ограниченными возможностями"
            " здоровья и детей-инвалидов",
            "subtitle",
        ),
        pdf.paragraph(
            f"{content['payer']}. Дата выплаты: {content['date']:%d.%m.%Y}."
            f" Счёт плательщика: {content['journal']}."
        ),
        pdf.table(rows, widths, aligns="ccllllccrr", bold_rows=(-1,)),
        CondPageBreak(45 * mm),
        KeepTogether(
            [
                Spacer(0, 4 * mm),
                pdf.paragraph(f"Всего к выплате: {rubles_in_words(total)}", "heading"),
                pdf.paragraph(f"Количество получателей: {len(content['rows'])}"),
                Spacer(0, 5 * mm),
                *_posts("Руководитель", "Главный бухгалтер", "Исполнитель"),
            ]
        ),
    ]
    return pdf.build_document(
        flowables,
        title=f"Ведомость на выплату {number}",
        footer=f"Ведомость на выплату № {number}",
        landscape=True,
    )


def _posts(*posts):
    for post in posts:
        yield pdf.paragraph(
            f"{post} ____________________ / ______________________________ /"
            " «____» ______________ 20___ г."
        )
        yield Spacer(0, 3 * mm)
