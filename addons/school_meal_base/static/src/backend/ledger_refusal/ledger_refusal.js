import {_t} from "@web/core/l10n/translation";
import {odooExceptionTitleMap, WarningDialog} from "@web/core/errors/error_dialogs";
import {registry} from "@web/core/registry";

/** A refusal of the ledger is an answer for people, not a failure of the program. */
const NAME = "odoo.addons.school_meal_base.exceptions.LedgerRefusal";

odooExceptionTitleMap.set(NAME, _t("Not possible"));
registry.category("error_dialogs").add(NAME, WarningDialog);
