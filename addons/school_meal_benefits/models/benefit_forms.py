from collections import Counter

from odoo import api, models

from ..domain.paper_words import short_name
from ..report import (
    benefit_journal_forms,
    benefit_letters,
    benefit_order_pdf,
    benefit_sheet_pdf,
)
from ..report.benefit_journal_forms import Journal
from ..report.benefit_letters import Letter
from ..report.benefit_order_pdf import Line, Order
from ..report.benefit_sheet_pdf import Paper, Sheet
from ..report.letterhead import School

ATTACHED_STATES = ("provided", "held")


class BenefitForms(models.AbstractModel):
    """Printed papers of the procedure. They are Russian whatever the user's language:
    they go to parents and auditors.

    Callers check that the user may read the record.
    """

    _name = "benefit.forms"
    _description = "Printed Papers of Benefits"

    # === ORDER === #

    @api.model
    def _draw_order(self, order, extract=False):
        """Return the bytes of the order as PDF, or of its extract without grounds."""
        lines = [
            *(self._grant_line(one, order) for one in order.application_ids),
            # a decision that supersedes another one has an order of its own
            *(
                self._grant_line(decision.application_id, order)
                for decision in order.decision_ids
                if decision.application_id not in order.application_ids
            ),
            *(self._end_line(end) for end in order.end_ids),
        ]
        lines.sort(key=lambda line: (line.kind, self._class_key(line), line.student))
        categories = order.application_ids.category_id
        categories |= order.decision_ids.category_id
        categories |= order.end_ids.entitlement_id.category_id
        if not extract:
            self._note_grounds(
                order.application_ids | order.decision_ids.application_id
            )
            order.end_ids._log_reading(["category_id"])
        return benefit_order_pdf.draw_order(
            Order(
                school=self._school(order.school_id),
                number=order.number or order.given_number or "",
                day=order.date or None,
                regulation=self._regulation(categories.regulation_id[:1]),
                items=self._items(categories),
                lines=lines,
                further=[
                    line.strip()
                    for line in (order.note or "").splitlines()
                    if line.strip()
                ],
                is_signed=order.state == "signed",
            ),
            extract,
        )

    @api.model
    def _class_key(self, line):
        digits = "".join(char for char in line.class_name if char.isdigit())
        return int(digits or 0), line.class_name

    @api.model
    def _grant_line(self, application, order):
        decision = order.decision_ids.filtered(
            lambda one: one.application_id == application
        )
        given = decision.entitlement_ids[:1]
        category = application.category_id
        meals = given.meal_type_ids or category.grant_ids.meal_type_ids
        names = {
            "meals": ", ".join(meal.name.lower() for meal in meals.sorted("sequence")),
            "milk": "молоко (молочная продукция)",
            "money": "денежная компенсация",
        }
        term = "с даты приказа"
        if given:
            term = f"с {given.date_from:%d.%m.%Y} по {given.date_to:%d.%m.%Y}"
        return Line(
            category.kind,
            application.student_id.name,
            application.class_name or "",
            self._ground(category),
            names[category.kind],
            term,
        )

    @api.model
    def _end_line(self, end):
        entitlement = end.entitlement_id
        grounds = dict(end._fields["ground"]._description_selection(end.env))
        return Line(
            "end",
            end.student_id.name,
            end.student_id.class_id.name or "",
            end.basis or grounds[end.ground],
            ", ".join(meal.name.lower() for meal in entitlement.meal_type_ids) or "—",
            f"{end.last_day:%d.%m.%Y}",
        )

    # === LETTERS === #

    @api.model
    def _draw_notice(self, notice):
        """Return the bytes of the letter to the applicant as PDF."""
        letter = self._refusal if notice.kind == "refusal" else self._ending
        return benefit_letters.draw_letter(letter(notice))

    @api.model
    def _refusal(self, notice):
        decision = notice.decision_id
        application = decision.application_id
        self._note_grounds(application)
        by_documents = decision.refusal_ground == "documents"
        reasons = [
            line for line in (decision.explanation or "").splitlines() if line.strip()
        ]
        named = {row["name"] for row in decision.checklist or ()}
        missing = [line for line in reasons if by_documents and line in named]
        others = [line for line in reasons if line not in missing]
        opening = (
            f"Сообщаем, что по результатам рассмотрения Вашего заявления от"
            f" {application.submitted_on:%d.%m.%Y} (регистрационный номер"
            f" {application.number}) о предоставлении меры поддержки"
            f" «{decision.category_id.name}» (обучающийся:"
            f" {decision.student_id.name}, класс {application.class_name or '—'})"
            f" руководителем"
            f" общеобразовательной организации {decision.date:%d.%m.%Y} принято решение"
            f" об отказе{self._refusal_ground(decision)}."
        )
        after = [
            *others,
            "Вы вправе повторно обратиться с заявлением, представив недостающие"
            " документы. Решение об отказе может быть обжаловано в орган,"
            " осуществляющий управление в сфере образования, или в суд.",
        ]
        if missing:
            opening += " Не предоставлены следующие документы:"
        return Letter(
            school=self._school(notice.school_id),
            number=notice.number,
            day=notice.date,
            to=[notice.applicant_name or "", notice.address or ""],
            title="УВЕДОМЛЕНИЕ об отказе в предоставлении питания за счёт средств"
            " бюджета",
            opening=opening,
            points=missing,
            after=after,
            foot=self._dispatch(notice),
        )

    @api.model
    def _refusal_ground(self, decision):
        """Return the ground in words, with the item where the regulation has it."""
        regulation = decision.category_id.regulation_id
        item, words = {
            "documents": ("7.1", "непредоставление документов"),
            "authority": ("7.2", "предоставление документов неуполномоченным лицом"),
        }[decision.refusal_ground]
        if item not in regulation.article_ids.mapped("number"):
            act = self._regulation(regulation, "нормативный правовой акт")
            return f": {words} ({act})"
        section, part = item.split(".")
        act = self._regulation(regulation, "нормативного правового акта")
        return f" в соответствии с подпунктом {part} пункта {section} {act}: {words}"

    @api.model
    def _ending(self, notice):
        end = notice.end_id
        category = end.entitlement_id.category_id
        grounds = dict(end._fields["ground"]._description_selection(end.env))
        act = self._regulation(category.regulation_id, "нормативный правовой акт")
        return Letter(
            school=self._school(notice.school_id),
            number=notice.number,
            day=notice.date,
            to=[notice.applicant_name or "", notice.address or ""],
            title="УВЕДОМЛЕНИЕ о прекращении предоставления питания за счёт средств"
            " бюджета",
            opening=f"Сообщаем, что предоставление меры поддержки «{category.name}»"
            f" (обучающийся: {end.student_id.name}) прекращается, последний день —"
            f" {end.last_day:%d.%m.%Y}. Основание: {end.basis or grounds[end.ground]}"
            f" ({act}).",
            after=["За разъяснениями Вы можете обратиться в школу."],
            foot=self._dispatch(notice),
        )

    @api.model
    def _dispatch(self, notice):
        if not notice.sent_on:
            return ["Исполнитель: " + self._school(notice.school_id).clerk]
        by_post = notice.method == "post"
        how = "по почте" if by_post else "вручено под подпись"
        number = notice.tracking_number if by_post else ""
        post = f", почтовый идентификатор {number}" if number else ""
        return [f"Направлено {notice.sent_on:%d.%m.%Y} {how}{post}."]

    @api.model
    def _draw_request(self, request):
        """Return the bytes of the letter to another body as PDF."""
        application = request.application_id
        student = application.student_id
        row = request.document_id
        item = row.requirement_id.article_id.number
        act = "нормативного правового акта" if item else "нормативным правовым актом"
        regulation = self._regulation(application.category_id.regulation_id, act)
        born = f", {student.birth_date:%d.%m.%Y} года рождения" * bool(
            student.birth_date
        )
        what = row.requirement_id.name or "сведения, необходимые для решения"
        opening = (
            f"В соответствии с {f'пунктом {item} ' if item else ''}{regulation} и в"
            f" связи с рассмотрением заявления от {application.submitted_on:%d.%m.%Y}"
            f" (регистрационный номер {application.number or '—'}) просим предоставить"
            f" следующее: «{what}» в отношении:"
        )
        child = f"обучающийся: {student.name}{born}{self._snils(application, 'child')}"
        applicant = (
            f"заявитель: {application.applicant_name}"
            f"{self._snils(application, 'applicant')}"
        )
        due = f" до {request.due_on:%d.%m.%Y}" if request.due_on else ""
        return benefit_letters.draw_letter(
            Letter(
                school=self._school(request.school_id),
                number=request.number or "",
                day=request.sent_on or None,
                to=[request.body, request.body_address or ""],
                title="О предоставлении сведений",
                opening=opening,
                points=[child, applicant],
                after=[
                    f"Ответ просим направить{due} по адресу общеобразовательной"
                    " организации. Сведения запрашиваются для решения о предоставлении"
                    " питания за счёт средств бюджета и используются только для этого."
                ],
                foot=["Исполнитель: " + self._school(request.school_id).clerk],
            )
        )

    @api.model
    def _snils(self, application, whose):
        """Return the СНИЛС for a letter, nothing for who may not see it."""
        field = application._fields["applicant_snils"]
        if not application._has_field_access(field, "read"):
            return ""
        self.env["school.access.log"]._note(application.student_id, "snils")
        child = whose == "child"
        number = application.student_snils if child else application.applicant_snils
        if not number:
            return ""
        return f", СНИЛС {number[:3]}-{number[3:6]}-{number[6:9]} {number[9:]}"

    # === SHEET AND JOURNAL === #

    @api.model
    def _draw_sheet(self, application):
        """Return the bytes of the sheet of an application as PDF."""
        rows = application.document_ids
        self.env["school.access.log"]._note(
            rows.filtered("is_health").student_id, "health"
        )
        authorities = dict(
            application._fields["authority"]._description_selection(application.env)
        )
        number = f"№ {application.number}" if application.number else "(проект)"
        facts = [
            ["Регистрационный номер", number],
            ["Дата и время регистрации", self._moment(application) or "—"],
            ["Дата подачи заявления", f"{application.submitted_on:%d.%m.%Y}"],
            ["Заявитель", application.applicant_name or ""],
            [
                "Полномочия",
                ", ".join(
                    filter(
                        None,
                        (
                            authorities[application.authority],
                            application.authority_basis,
                        ),
                    )
                ),
            ],
            [
                "Обучающийся, класс",
                f"{application.student_id.name}, {application.class_name or '—'}",
            ],
            ["Категория", self._ground(application.category_id)],
            ["Учебный год", self._year(application)],
        ]
        return benefit_sheet_pdf.draw_sheet(
            Sheet(
                school=self._school(application.school_id),
                title=f"Заявление {number} от {application.submitted_on:%d.%m.%Y}",
                facts=facts,
                papers=[self._paper(row) for row in rows],
                held=[
                    f"{row.requirement_id.name} (пункт"
                    f" {row.requirement_id.article_id.number or '—'}), место хранения:"
                    f" {row.held_place}"
                    for row in rows
                    if row.state == "held"
                ],
                course=self._course(application),
            )
        )

    @api.model
    def _paper(self, row):
        requirement = row.requirement_id
        issued = f"от {row.issued_on:%d.%m.%Y}" if row.issued_on else ""
        details = (row.series, row.number, issued, row.issuer)
        notes = {
            "requested": "запрошено",
            "negative": "не подтверждено",
            "not_needed": "не требуется",
            "missing": "не представлено",
        }
        valid = f"действует до {row.valid_to:%d.%m.%Y}" if row.valid_to else ""
        return Paper(
            requirement.article_id.number or "",
            row.document_type_id.name or requirement.name,
            " ".join(filter(None, details)),
            row.state == "provided",
            row.held_place or "" if row.state == "held" else "",
            notes.get(row.state) or valid,
        )

    @api.model
    def _course(self, application):
        course = [
            [f"Зарегистрировать до {application.register_by:%d.%m.%Y}", "—"],
            [f"Принять решение до {application.decide_by:%d.%m.%Y}", "—"],
        ]
        if application.registered_at:
            late = " (с нарушением срока)" * application.is_registered_late
            user = short_name(application.registered_by_id.name)
            course[0][1] = f"{self._moment(application)}, {user}{late}"
        for request in application.request_ids.filtered("sent_on"):
            states = {
                "sent": "ответ не получен",
                "confirmed": f"подтверждено, {request.answer}",
                "negative": f"не подтверждено, {request.answer}",
                "cancelled": "отозван",
            }
            course.append(
                [
                    f"Запрос № {request.number} от {request.sent_on:%d.%m.%Y}:"
                    f" {request.body}",
                    states[request.state],
                ]
            )
        decisions = application.decision_ids.sorted("id")
        for place, decision in enumerate(decisions):
            words = self._decision(decision)
            if place == 0:
                course[1][1] = words
            else:
                course.append(["Новое решение", words])
        return course

    @api.model
    def _draw_journal(self, school, date_from, date_to, extension):
        """Return the bytes of the registration journal of a period (item 11).

        :param extension: 'pdf' or 'xlsx'
        """
        start, end = self.env["school.calendar"]._utc_bounds(school, date_from, date_to)
        applications = self.env["benefit.application"].search(
            [
                ("school_id", "=", school.id),
                ("registered_at", ">=", start),
                ("registered_at", "<", end),
            ],
            order="school_year_start, number",
        )
        self._note_grounds(applications)
        journal = Journal(
            school=self._school(school),
            period=f"за период с {date_from:%d.%m.%Y} по {date_to:%d.%m.%Y}",
            rows=[self._journal_row(application) for application in applications],
        )
        if extension == "xlsx":
            return benefit_journal_forms.write_journal(journal)
        return benefit_journal_forms.draw_journal(journal)

    @api.model
    def _journal_row(self, application):
        states = Counter(application.document_ids.mapped("state"))
        held = states["held"]
        papers = f"представлено: {states['provided']}"
        if held:
            papers += f", имеется в ОО: {held}"
        if states["requested"]:
            papers += f", запрошено: {states['requested']}"
        if application.state == "withdrawn":
            decided = "заявление отозвано"
        else:
            decided = "; ".join(
                self._decision(one) for one in application.decision_ids.sorted("id")
            )
        letters = application.decision_ids.notice_ids
        sent = "; ".join(
            f"№ {letter.number}"
            + (f", {letter.sent_on:%d.%m.%Y}" if letter.sent_on else "")
            for letter in letters
        )
        late = "\nс нарушением срока" * application.is_registered_late
        return (
            str(application.number),
            f"{self._moment(application)}{late}",
            f"{application.submitted_on:%d.%m.%Y}",
            application.applicant_name or "",
            application.student_id.name,
            application.class_name or "",
            self._ground(application.category_id),
            papers,
            decided,
            sent,
        )

    @api.model
    def _note_grounds(self, applications):
        """Record that the user was shown these grounds on paper."""
        applications._log_reading(["category_id"])

    # === WORDS === #

    @api.model
    def _decision(self, decision):
        if decision.result == "granted":
            order = decision.order_id
            return (
                f"предоставлено, приказ от {order.date:%d.%m.%Y}"
                f" №\N{NO-BREAK SPACE}{order.number}"
            )
        item = "7.1" if decision.refusal_ground == "documents" else "7.2"
        return f"отказ от {decision.date:%d.%m.%Y} (п. {item})"

    @api.model
    def _moment(self, application):
        if not application.registered_at:
            return ""
        moment = self.env["school.calendar"]._local_datetime(
            application.school_id, application.registered_at
        )
        return f"{moment:%d.%m.%Y %H:%M}"

    @api.model
    def _year(self, application):
        return f"{application.school_year_start}/{application.school_year_start + 1}"

    @api.model
    def _ground(self, category):
        if item := category.article_id.number:
            return f"{category.name} (п.\N{NO-BREAK SPACE}{item})"
        return category.name

    @api.model
    def _items(self, categories):
        # the items of the decision and its order, where the regulation has them
        rules = categories.regulation_id.article_ids.filtered(
            lambda one: one.number in ("6", "12")
        )
        items = sorted(
            set(filter(None, (rules + categories.article_id).mapped("number"))),
            key=lambda number: [
                int(part) if part.isdigit() else 0 for part in number.split(".")
            ],
        )
        return f"пункты {', '.join(items)}" if items else ""

    @api.model
    def _regulation(self, regulation, by="нормативным правовым актом"):
        """Return how a paper cites the regulation.

        :param by: the words before it, in the case that the sentence needs
        """
        if not regulation:
            return by
        return (
            f"{by} от {regulation.date:%d.%m.%Y} № {regulation.number}"
            f" «{regulation.name}» ({regulation.authority})"
        )

    @api.model
    def _school(self, school):
        # sudo: what a letterhead says of a school and its officers is public
        school = school.sudo()
        return School(
            school.name,
            school.street or "",
            school.phone or "",
            school.email or "",
            short_name(school.head_id.name),
            short_name(school.meals_responsible_id.name),
            self._city(school.company_id.city or ""),
        )

    @api.model
    def _city(self, name):
        """Return the name of a town with what it is: г. Пласт."""
        return f"г. {name}" if name and "." not in name else name
