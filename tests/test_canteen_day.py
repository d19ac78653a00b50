"""One canteen day from the first list to the reconciled books, by hand in Chromium.

A list of students is imported, cards are tapped in, a bank's registry brings money, the
cashier sells with, without and again with network, a family reads the statement, the
accountant compares the books: nothing is called behind the screens.
"""

import io
import re
from datetime import date, timedelta

import openpyxl
import pytest

from .support.world import FIRST_MORNING

PASSWORD = "morning-password"
ACCOUNT = "40703810338000004376"
STUDENTS = (
    ("5А", "Иванов", "Иван", "Петрович", "12.03.2015", "мать", "Иванова Мария"),
    ("5А", "Петрова", "Анна", "Сергеевна", "01.07.2015", "отец", "Петров Сергей"),
    ("1Б", "Сидоров", "Лев", "Олегович", "30.11.2018", "мать", "Сидорова Ольга"),
)
UIDS = {"Иванов": "BCD14264", "Петрова": "24548AAC", "Сидоров": "77242CF0"}
BASE = "school_meal_base."


def roster_file():
    """The list as a school keeps it, with one row that cannot be right."""
    book = openpyxl.Workbook()
    book.active.append(
        ("Класс", "Фамилия", "Имя", "Отчество", "Дата рождения")
        + ("Степень родства", "Представитель")
    )
    for row in STUDENTS:
        book.active.append(row)
    book.active.append(("5А", "Ошибкин", "Олег", "", "31.02.2015", "", ""))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def registry_file(numbers, day):
    """Yesterday's payments in the bank's format; the last payer mistyped a number."""
    wrong = numbers[0][:-1] + str((int(numbers[0][-1]) + 1) % 10)
    lines = [
        f"{day:%d-%m-%Y};09-3{place}-00;8611;8611999V;10000000000{place};{number};"
        f"ПЛАТЕЛЬЩИК;ГОРОД;{day:%m%y};500,00;500,00;0,00;5"
        for place, number in enumerate([*numbers, wrong])
    ]
    total = f"{500 * len(lines)},00"
    lines.append(f"={len(lines)};{total};{total};0,00;640;{day:%d-%m-%Y}")
    return "\r\n".join(lines).encode("cp1251")


@pytest.fixture
def day(odoo_server, people):
    """The server, what was prepared, and seats for people."""
    server = odoo_server(workers=0)
    world = server.run_script(FIRST_MORNING, account=ACCOUNT, password=PASSWORD)

    def seat(role, **options):
        return people(server, role, **options)

    return server, world, seat


def test_a_canteen_day_from_list_to_books(day):
    server, world, seat = day
    operator = seat("operator").sign_in("operator", PASSWORD)
    import_list(operator)
    tap_cards_in(operator)
    numbers = account_numbers(server, world)
    accountant = seat("accountant").sign_in("accountant", PASSWORD)
    load_registry(accountant, numbers)
    cashier = seat("cashier").sign_in("cashier", PASSWORD)
    open_till(cashier, world)
    slip = activate_card(cashier, "BCD14264", "Иванов Иван")
    sell(cashier, "BCD14264", "Иванов Иван", "Борщ", "407")
    sell_without_network(cashier)
    sell(cashier, "BCD14264", "Иванов Иван", "Компот", "322")
    read_statement(seat("parent", phone=True), slip)
    close_till(cashier)
    compare_books(accountant)
    assert balances(server, world) == {"Иванов": 322, "Петрова": 500, "Сидоров": 500}
    assert [person.errors for person in (operator, accountant, cashier)] == [[]] * 3


def import_list(operator):
    operator.open_action(BASE + "meal_roster_import_action", "new")
    operator.choose_file("file", "Школа 24.xlsx", roster_file())
    operator.press("action_read")
    operator.see(".o_field_widget[name=column_ids] .o_data_row")
    operator.press("action_preview")
    operator.see(".o_field_widget[name=create_count]", "3")
    operator.see(".o_field_widget[name=error_count]", "1")
    operator.picture("day_roster_preview")
    operator.press("action_apply", confirm=True)
    operator.see("button[name=action_issue_accounts]")
    operator.press("action_issue_accounts")
    operator.see(".o_notification, .o_list_view, .modal")


def tap_cards_in(operator):
    operator.open_action(BASE + "school_card_enrol_action")
    operator.see(".o_card_enrol_list button")
    for _student in STUDENTS:
        name = operator.see(".o_card_enrol_name").inner_text().split()[0]
        operator.tap_card(UIDS[name])
        operator.see(".o_card_enrol_message.alert-success")
        operator.page.wait_for_function(
            "name => document.querySelector('.o_card_enrol_name')"
            "?.innerText.split(' ')[0] !== name",
            arg=name,
        )
    operator.see(".o_card_enrol_done")
    operator.picture("day_cards_tapped")


def account_numbers(server, world):
    """Account numbers by the family name, in the order of STUDENTS."""
    rows = dict(
        server.query(
            "SELECT s.last_name, a.number FROM meal_account a"
            " JOIN school_student s ON s.id = a.student_id"
            " WHERE a.company_id = %(company)s",
            world,
        )
    )
    return [rows[student[1]] for student in STUDENTS]


def load_registry(accountant, numbers):
    day = date.today() - timedelta(days=1)
    accountant.open_action(BASE + "meal_payment_registry_action")
    accountant.open_action(BASE + "meal_payment_import_action")
    accountant.choose_file(
        "file_data", f"4025000123_{ACCOUNT}_640.txt", registry_file(numbers, day)
    )
    accountant.press("action_load")
    accountant.press("action_post")
    accountant.see(".o_field_widget[name=count_credited]", "3")
    accountant.see(".o_field_widget[name=count_suspense]", "1")
    accountant.picture("day_registry")


def open_till(cashier, world):
    cashier.open(f"/pos/ui/{world['till']}")
    cashier.see(".open-register-btn").click()
    cashier.see(".modal .btn-primary").click()
    cashier.see(".o_school_panel_empty")


def activate_card(cashier, uid, name):
    """Sell the activation, print a password; return what the slip says to sign in."""
    page = cashier.page
    page.evaluate(
        """() => { window.print = () => {
            const text = (name) =>
                document.querySelector('.o_school_slip_' + name)?.innerText.trim();
            window.printed = [text('login'), text('password')];
            window.dispatchEvent(new Event('afterprint'));
        }; }"""
    )
    cashier.tap_card(uid)
    cashier.see(".o_school_flash_no").click()
    cashier.see(".o_school_panel_service").click()
    cashier.see(".o_school_service_name", name)
    cashier.see(".o_school_service_activate", "33").click()
    cashier.see(".o_school_service_yes").click()
    cashier.see(".o_school_service_message.alert-success")
    cashier.picture("day_card_activated")
    cashier.see(".o_school_service_password").click()
    cashier.see(".o_school_service_yes").click()
    page.wait_for_function("window.printed")
    slip = page.evaluate("window.printed")
    page.click(".o_school_card_service_popup .btn-close")
    return slip


def sell(cashier, uid, name, dish, left):
    """One dish from the account; the next tap must show what is left."""
    cashier.tap_card(uid)
    cashier.see(".o_school_panel .o_school_name", name)
    cashier.see("article.product", dish).click()
    cashier.see(".order-container .orderline", dish)
    with cashier.page.expect_response(lambda answer: "sync_from_ui" in answer.url):
        cashier.see(".o_school_pay:not([disabled])").click()
        cashier.see(".o_school_flash_yes")
        cashier.picture("day_paid")
    cashier.see(".o_school_status[data-undelivered='0']")
    cashier.tap_card(uid)
    cashier.see(".o_school_available", left)


def sell_without_network(cashier):
    """The network breaks, one sale waits on the till, is delivered, nothing is lost."""
    cashier.network(False)
    cashier.page.evaluate("() => posmodel.data.checkConnectivity()")
    cashier.see(".o_school_offline")
    cashier.tap_card("BCD14264")
    cashier.see(".o_school_panel .o_school_name", "Иванов Иван")
    cashier.see("article.product", "Борщ").click()
    cashier.see(".order-container .orderline", "Борщ")
    cashier.see(".o_school_pay:not([disabled])").click()
    cashier.see(".o_school_flash_yes", "60")
    cashier.see(".o_school_status[data-undelivered='1']")
    cashier.picture("day_offline")
    cashier.network(True)
    cashier.page.evaluate("() => posmodel.data.checkConnectivity()")
    cashier.see(".o_school_status[data-undelivered='0']:not(.o_school_offline)")


def read_statement(family, slip):
    """First sign-in with the slip: own password, terms, then the statement."""
    login, password = slip
    family.sign_in(login, password)
    family.see("form.o_meal_first_login")
    for field in ("new1", "new2"):
        family.page.fill(f"input[name={field}]", "own-password-24")
    family.page.check("input[name=accept]")
    family.page.click("form.o_meal_first_login button[type=submit]")
    family.see(".o_meal_balance", "322,00")
    family.picture("day_parent")
    family.page.click(".o_meal_child a[href$='/statement']")
    family.see(".o_meal_statement")
    statement = family.page.inner_text("main")
    for piece in ("500,00", "33,00", "60,00", "25,00", "322,00"):
        assert piece in statement, statement
    family.picture("day_statement")


def close_till(cashier):
    page = cashier.page
    page.click(".pos-topheader button:has(.fa-bars)")
    page.click(".o-dropdown-item:has-text('Закрыть')")
    cashier.picture("day_closing")
    cashier.see(".close-pos-popup .btn-primary").click()
    cashier.see(".open-register-btn")


def compare_books(accountant):
    accountant.open_action(BASE + "action_meal_posting")
    accountant.press("action_post_pending")
    accountant.see(".o_notification")
    accountant.open_action(BASE + "action_meal_reconciliation")
    accountant.press("action_compute")
    difference = accountant.see(".display-3.text-success").inner_text()
    assert re.search(r"\b0,00", difference), difference
    accountant.picture("day_reconciliation")


def balances(server, world):
    rows = server.query(
        "SELECT s.last_name, a.posted::float FROM meal_account a"
        " JOIN school_student s ON s.id = a.student_id"
        " WHERE a.company_id = %(company)s",
        world,
    )
    return dict(rows)
