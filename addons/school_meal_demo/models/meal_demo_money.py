import logging
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from odoo import api, models

from odoo.addons.school_meal_base.domain import account_number, sber_registry
from odoo.addons.school_meal_base.domain import client_bank_exchange as exchange

from ..benefits import BIC
from ..const import CITIES

_logger = logging.getLogger(__name__)

#: A family pays one of these, in kopecks.
SUMS = (30_000, 50_000, 50_000, 70_000, 100_000, 150_000)


class MealDemo(models.AbstractModel):
    _inherit = "meal.demo"

    @api.model
    def _play_history(self, company, chance):
        """Day by day: registries once a week, receipts every day, closing, posting."""
        schools = self.env["school.school"].search([("company_id", "=", company.id)])
        demo = self.with_company(company).with_context(
            allowed_company_ids=company.ids, tz=schools[0].tz
        )
        channel = demo._create_channel(company)
        days = demo._get_days(schools[0])
        agenda = demo._plan_benefits(company.with_env(demo.env))
        demo._play_month_before(schools[0].with_env(demo.env), chance, agenda)
        for number, day in enumerate(days):
            _logger.info("%s: %s", company.name, day)
            if number % 4 == 1:
                demo._count_rows()
            with demo._at(schools[0], day, 12):
                if number % 4 == 0:
                    demo._receive_money(channel, day, number, chance)
                for school in schools.with_env(demo.env):
                    demo._play_till(school, day, chance)
            for school in schools.with_env(demo.env):
                # yesterday is left to be closed by whoever tries the demo
                demo._play_meals(school, day, day != days[-1], chance, agenda)
                demo._play_passages(school, day, demo._chance_of(school, day))
            with demo._at(schools[0], day, 20):
                demo.env["meal.posting"]._post_pending(company.with_env(demo.env))
        today = demo.env["school.calendar"]._local_date(schools[0])
        demo._play_benefits(agenda, schools[0].with_env(demo.env), today)
        demo._prepare_today(schools[0].with_env(demo.env))
        demo._prepare_benefits_today(schools.with_env(demo.env))
        demo._make_timesheets(schools[0].with_env(demo.env))

    @api.model
    def _create_channel(self, company):
        values = next(city for city in CITIES if city["name"] == company.name)
        journal = self.env["account.journal"].search(
            [("company_id", "=", company.id), ("type", "=", "bank")], limit=1
        )
        banks = self.env["res.bank"]
        bank = banks.search([("bic", "=", BIC)], limit=1) or banks.create(
            {"name": "ПАО Сбербанк", "bic": BIC}
        )
        partner_bank = self.env["res.partner.bank"].create(
            {
                "acc_number": values["account"],
                "partner_id": company.partner_id.id,
                "bank_id": bank.id,
            }
        )
        journal.bank_account_id = partner_bank
        company.vat = values["inn"]
        return self.env["meal.payment.channel"].create(
            {
                "name": "Сбербанк: реестры",
                "code": "sber",
                "company_id": company.id,
                "journal_id": journal.id,
                "tz": "Europe/Moscow",
                "payee_inn": values["inn"],
                "payee_account": values["account"],
            }
        )

    @api.model
    def _receive_money(self, channel, day, number, chance):
        """A registry of a third of the families and the bank's transfer of its total.

        One payer mistypes the account number: that payment waits for the accountant.
        The transfer of the last registry has not arrived yet.
        """
        accounts = self.env["meal.account"].search(
            [("company_id", "=", channel.company_id.id), ("kind", "=", "student")]
        )
        payments = [
            self._make_payment(account.number, day, number, place, chance)
            for place, account in enumerate(
                chance.sample(list(accounts), len(accounts) // 3)
            )
        ]
        wrong = payments[0].account[:-1] + str((int(payments[0].account[-1]) + 3) % 10)
        assert not account_number.is_valid(wrong)
        stray = self._make_payment(wrong, day, number, len(payments), chance)
        content = sber_registry.write([*payments, stray], str(686_300 + number), day)
        name = f"{channel.payee_inn}_{channel.payee_account}_{686_300 + number}.txt"
        registry = self.env["meal.payment.registry"]._load(channel, content, name)
        registry._post()
        if number < 12:
            self._receive_transfer(channel, day, 686_300 + number, [*payments, stray])

    @api.model
    def _make_payment(self, account, day, number, place, chance):
        return sber_registry.Payment(
            operation=f"{number + 1:03d}{self.env.company.id:03d}{place:06d}",
            account=account,
            paid=chance.choice(SUMS),
            occurred_at=datetime.combine(day, time(9, place % 60)),
            payer="ПЛАТЕЛЬЩИК",
            period=f"{day:%m%y}",
        )

    @api.model
    def _receive_transfer(self, channel, day, number, payments):
        paid = exchange.Document(
            number=str(number),
            date=day,
            amount=sum(payment.net for payment in payments),
            incoming=True,
            booked=day,
            payer=exchange.Party("30233810642000600001", "ПАО Сбербанк"),
            payee=exchange.Party(channel.payee_account, channel.company_id.name),
            purpose=f"EPS Реестр {number} от {day:%d.%m.%Y}",
        )
        content = exchange.write(channel.payee_account, [paid])
        self.env["meal.bank.import"]._import(content, f"kl_to_1c_{number}.txt")

    @api.model
    def _local_to_utc(self, school, day, minutes):
        """Naive UTC of a local minute after eight o'clock of the school's day."""
        local = datetime.combine(day, time(8), ZoneInfo(school.tz))
        moment = local + timedelta(minutes=minutes)
        return moment.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)
