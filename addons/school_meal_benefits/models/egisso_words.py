"""Sentences for the codes of ``domain.egisso.checks`` and of the protocol."""


def get_words(env):
    """Return {code: what is wrong}."""
    _ = env._
    return {
        "no_measure": _("The category has no measure in EGISSO"),
        "no_parent": _("The recipient is the parent, and no parent is chosen"),
        "uuid": _("The UUID is wrong"),
        "lmsz_id": _("The id of the local measure is missing or wrong"),
        "category_id": _("The id of the local category is missing or wrong"),
        "osz_code": _("The code of the body (ONMSZ) is missing or wrong"),
        "provider_code": _("The code of the provider is wrong"),
        "criteria": _("The criteria of need are wrong"),
        "no_snils": _("There is no SNILS"),
        "snils": _("The SNILS is wrong"),
        "name": _("Last or first name is missing"),
        "name_letters": _("The name has letters that are not Russian"),
        "name_length": _("The name is longer than 100 characters"),
        "gender": _("The gender is missing"),
        "no_birth_date": _("The date of birth is missing"),
        "birth_date": _("The date of birth is wrong"),
        "kinship": _("The kinship code does not have seven digits"),
        "same_person": _("Parent and child have the same SNILS"),
        "no_decision_date": _("The date of the decision is missing"),
        "decision_date": _("The decision is of a later day"),
        "no_date_start": _("The first day is missing"),
        "no_date_finish": _("The last day is missing"),
        "date_finish": _("The last day is before the first"),
        "form": _("The form of providing is unknown"),
        "amount": _("The amount is missing or wrong"),
        "unit": _("The code of the unit is missing or wrong"),
        "text_length": _("Content or comment is longer than 200 characters"),
        "equivalent": _("The planned amount in roubles is wrong"),
        "no_fact": _("The corrected assignment is missing"),
        "schema": _("The schema of the register refuses the fact"),
        "count": _("The register took another number of facts than were sent"),
        "unknown_record": _("The protocol names a fact that is not in the package"),
    }


def get_advice(env):
    """Return {code or place of the mistake: what to do}."""
    _ = env._
    measure = _("Fill in the measure from the register's portal, then check again.")
    student = _("Correct the student's record, then check again.")
    parent = _("Correct the parent's record or the application, then check again.")
    own = dict.fromkeys(
        (
            "lmsz_id", "category_id", "osz_code", "provider_code", "criteria",
            "kinship", "form", "unit", "text_length",
        ),
        measure,
    )  # fmt: skip
    return {
        **own,
        "no_measure": _("Enter a measure for the category, then check again."),
        "no_parent": _("Choose the parent on the fact, then check again."),
        "amount": _("Enter the amount on the fact or in the measure."),
        "equivalent": _("Enter the amount on the fact or in the measure."),
        "count": _("Compare the register's list with the package."),
        "unknown_record": _("Compare the register's list with the package."),
        "fact": _("Look at the decision and the fact, then check again."),
        "student": student,
        "parent": parent,
        "package": _("Ask the operator of the register."),
        "register": _(
            "Correct what the register names, check again, send it in a new package."
        ),
    }
