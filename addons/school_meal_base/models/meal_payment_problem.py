from odoo import api, models

from ..domain import client_bank_exchange as exchange
from ..domain import container
from ..domain import sber_registry as registry
from ..domain.money import format_rubles


class MealPaymentProblem(models.AbstractModel):
    """Sentences for the codes with which the readers of bank files report problems."""

    _name = "meal.payment.problem"
    _description = "Problems of Bank Files"

    @api.model
    def _describe(self, problem):
        """Return what is wrong and what to do, with the line where it is.

        :param problem: a `Problem` of a reader in ``domain/``
        """
        sentence = self._get_sentences().get(problem.code, problem.code)
        if problem.expected is not None:
            show = str if problem.code == registry.COUNT_MISMATCH else format_rubles
            sentence = self.env._(
                "%(sentence)s The file says %(expected)s, its lines give %(found)s.",
                sentence=sentence,
                expected=show(problem.expected),
                found=show(problem.found),
            )
        if problem.line:
            return self.env._(
                "Line %(line)s: %(sentence)s", line=problem.line, sentence=sentence
            )
        return sentence

    @api.model
    def _describe_codes(self, codes):
        """Return the sentences of the codes a registry line has kept."""
        sentences = self._get_sentences()
        return " ".join(sentences.get(code, code) for code in codes)

    @api.model
    def _get_sentences(self):
        """:return: dict of code to a translated sentence"""
        return {
            **self._get_container_sentences(),
            **self._get_registry_sentences(),
            **self._get_statement_sentences(),
        }

    @api.model
    def _get_container_sentences(self):
        _ = self.env._
        return {
            container.TOO_BIG: _(
                "The file is larger than 10 MB. Ask the bank to split it by days."
            ),
            container.EMPTY: _("The file is empty. Download it from the bank again."),
            container.BINARY: _(
                "This is not a text file. Choose the .txt file that the bank sent."
            ),
            container.ARCHIVE_BROKEN: _(
                "The archive is damaged. Download it from the bank again."
            ),
            container.ARCHIVE_ENCRYPTED: _(
                "The archive has a password. Unpack it and load the text file."
            ),
            container.ARCHIVE_NOT_ONE: _(
                "The archive must hold exactly one file. Unpack it and load the files"
                " one by one."
            ),
        }

    @api.model
    def _get_registry_sentences(self):
        _ = self.env._
        again = _("Download the file from the bank again; nothing of it was loaded.")
        return {
            registry.TRAILER_MISSING: _(
                "The totals line (it begins with “=”) is missing: the file is cut off."
            )
            + " "
            + again,
            registry.TRAILER_MANY: _("There is more than one totals line.")
            + " "
            + again,
            registry.TRAILER_NOT_LAST: _("The totals line is not the last one.")
            + " "
            + again,
            registry.TRAILER_MALFORMED: _("The totals line cannot be read.")
            + " "
            + again,
            registry.COUNT_MISMATCH: _("The number of payments is wrong.")
            + " "
            + again,
            registry.PAID_MISMATCH: _("The total paid is wrong.") + " " + again,
            registry.TRANSFERRED_MISMATCH: _("The total to be transferred is wrong.")
            + " "
            + again,
            registry.FEE_MISMATCH: _("The total of the bank's fee is wrong.")
            + " "
            + again,
            registry.NO_PAYMENTS: _("There are no payments in the file."),
            registry.FIELD_COUNT: _(
                "The number of fields is not that of the channel's layout."
            ),
            registry.AMOUNT_UNREADABLE: _("An amount cannot be read."),
            registry.AMOUNT_NOT_POSITIVE: _("The amount is zero or negative."),
            registry.AMOUNTS_DISAGREE: _(
                "The amounts paid, transferred and the fee do not agree."
            ),
            registry.OPERATION_MISSING: _("There is no operation number."),
            registry.OPERATION_REPEATED: _(
                "The operation number is repeated in the file."
            ),
            registry.ACCOUNT_MISSING: _("There is no account number."),
            registry.PAYER_MISSING: _("There is no payer's name."),
            registry.DATE_UNREADABLE: _("The date or the time cannot be read."),
            registry.NAME_UNUSUAL: _(
                "The file name is not of the form INN_account_number.txt."
            ),
        }

    @api.model
    def _get_statement_sentences(self):
        _ = self.env._
        return {
            exchange.FLAG_MISSING: _(
                "This is not a statement in the 1C exchange format. Export it from the"
                " bank with the format “1C”."
            ),
            exchange.END_MISSING: _(
                "The end mark is missing: the file is cut off. Export it again."
            ),
            exchange.ENCODING_UNKNOWN: _(
                "The letters of the file cannot be read. Export it again as Windows."
            ),
            exchange.SECTION_BROKEN: _(
                "A section does not end where it should. Export the file again."
            ),
            exchange.BALANCE_MISMATCH: _(
                "Opening balance + received − spent is not the closing balance."
                " Export the statement again."
            ),
            exchange.TURNOVER_MISMATCH: _(
                "The payments do not add up to the turnover of the account."
                " Export the whole statement without filters."
            ),
            exchange.BALANCE_UNREADABLE: _("The balances cannot be read."),
            exchange.DIRECTION_UNKNOWN: _(
                "Neither the payer nor the payee is an account of the statement."
            ),
            exchange.DOCUMENT_REPEATED: _("The payment is repeated in the file."),
            exchange.NOT_BOOKED: _(
                "The bank has not booked the payment yet: it will come with a later"
                " statement."
            ),
            exchange.ENCODING_DECLARED: _("The file is not in the encoding it names."),
            exchange.BALANCE_MISSING: _("The balances of the account are missing."),
        }
