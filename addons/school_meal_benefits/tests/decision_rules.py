"""Resolution № 1020 in Python, written from its text and not from the shipped data.

The decision table runs through these rules; a second test runs it through the data, so
that a slip in either shows.
"""

from odoo.addons.school_meal_benefits.domain.category import CategoryRules
from odoo.addons.school_meal_benefits.domain.checklist import Requirement
from odoo.addons.school_meal_benefits.domain.conditions import Conditions
from odoo.addons.school_meal_benefits.domain.grants import Grant

ONE_MEAL = (Grant(("breakfast",), shift="1"), Grant(("lunch",), shift="2"))
TWO_MEALS = (
    Grant(("breakfast", "lunch"), shift="1"),
    Grant(("lunch", "snack"), shift="2"),
)
# item 18: by time at school, never fewer than the two of item 19
MANY_MEALS = (
    Grant(("breakfast", "lunch"), 0, 6, "1"),
    Grant(("lunch", "snack"), 0, 6, "2"),
    Grant(("breakfast", "lunch", "snack"), 6, 10),
    Grant(("breakfast", "lunch", "snack", "dinner"), 10, 14),
    Grant(("breakfast", "lunch", "snack", "dinner", "dinner2"), 14),
)
ONSITE = frozenset({"onsite"})


def base(item):
    """The three documents that every section begins with."""
    return (
        Requirement(
            "application",
            f"{item}.1",
            may_be_held=False,
            alternatives=("application",),
        ),
        Requirement("identity", f"{item}.2", alternatives=("identity",)),
        Requirement(
            "birth",
            f"{item}.3",
            is_birth_certificate=True,
            alternatives=("birth_certificate",),
        ),
    )


def status(item):
    return Requirement(
        "status",
        f"{item}.4",
        alternatives=("pmpk", "disability_certificate", "mrek"),
    )


def marriage(item):
    return Requirement("marriage", f"{item}.4", alternatives=("marriage_certificate",))


INCOME = Requirement(
    "income", "31.5", "request", may_be_held=False, alternatives=("income",)
)
MEDICAL = Requirement(
    "medical",
    "31.4",
    may_be_held=False,
    alternatives=("medical_extract", "medical_certificate"),
)
MOBILISATION = Requirement(
    "mobilisation", "41", "request", may_be_held=False, alternatives=("mobilisation",)
)
DEAD = (
    Requirement("service", "44.5", alternatives=("service_evidence",)),
    Requirement("death", "44.6", alternatives=("death",)),
)

_RULES = (
    CategoryRules(
        "disability_special",
        "15.1",
        priority=20,
        conditions=Conditions(1, 11, ONSITE, "special"),
        requirements=(*base("20"), status("20")),
        grants=MANY_MEALS,
    ),
    CategoryRules(
        "disability",
        "15.1",
        priority=20,
        conditions=Conditions(1, 11, ONSITE, "general"),
        requirements=(*base("20"), status("20")),
        grants=TWO_MEALS,
    ),
    CategoryRules(
        "primary",
        "15.2",
        priority=10,
        conditions=Conditions(1, 4),
        requirements=base("33"),
        grants=ONE_MEAL,
        ends_with_stage=True,
    ),
    CategoryRules(
        "low_income",
        "15.3",
        priority=80,
        requirements=(*base("31"), INCOME),
        grants=ONE_MEAL,
    ),
    CategoryRules(
        "health",
        "15.4",
        priority=90,
        requirements=(*base("31"), MEDICAL),
        grants=ONE_MEAL,
    ),
    CategoryRules(
        "mobilised",
        "15.5",
        priority=50,
        conditions=Conditions(5, 11),
        requirements=(*base("41"), MOBILISATION),
        grants=TWO_MEALS,
        has_service_report=True,
    ),
    CategoryRules(
        "bused",
        "15.6",
        priority=100,
        combination="additional",
        conditions=Conditions(min_hours=6, requires_bused=True),
        requirements=base("34"),
        grants=(Grant(("breakfast", "lunch")),),
    ),
    CategoryRules(
        "mobilised_dead",
        "15.7",
        priority=30,
        conditions=Conditions(5, 11),
        requirements=(*base("44"), *DEAD),
        grants=TWO_MEALS,
    ),
    CategoryRules(
        "volunteer",
        "15.8",
        priority=60,
        conditions=Conditions(5, 11),
        requirements=(
            *base("41"),
            Requirement(
                "volunteer",
                "41.5",
                alternatives=("volunteer_formation", "military_contract"),
            ),
        ),
        grants=TWO_MEALS,
        has_service_report=True,
    ),
    CategoryRules(
        "volunteer_dead",
        "15.9",
        priority=40,
        conditions=Conditions(5, 11),
        requirements=(*base("44"), *DEAD),
        grants=TWO_MEALS,
    ),
    CategoryRules(
        "stepchild",
        "15.10",
        priority=70,
        conditions=Conditions(5, 11),
        requirements=(*base("41"), marriage("41"), MOBILISATION),
        grants=TWO_MEALS,
        has_service_report=True,
    ),
    CategoryRules(
        "stepchild_dead",
        "15.10",
        priority=45,
        conditions=Conditions(5, 11),
        requirements=(*base("44"), marriage("44"), *DEAD),
        grants=TWO_MEALS,
    ),
    CategoryRules(
        "milk",
        "17",
        kind="milk",
        priority=110,
        combination="additional",
        conditions=Conditions(1, 4, frozenset({"onsite", "home", "remote"})),
        requirements=base("35"),
        ends_with_stage=True,
    ),
    CategoryRules(
        "disability_home",
        "21",
        kind="money",
        priority=20,
        conditions=Conditions(forms=frozenset({"home"})),
        start_rule="application",
    ),
    CategoryRules(
        "disability_remote",
        "21",
        kind="money",
        priority=20,
        conditions=Conditions(forms=frozenset({"remote"})),
        start_rule="remote",
    ),
)
_MONEY = (
    *base("23"),
    status("23"),
    Requirement("residence", "23.5", alternatives=("residence",)),
    Requirement("bank", "23.6", alternatives=("bank_details",)),
)
RULES = {
    rules.code: rules._replace(requirements=_MONEY) if rules.kind == "money" else rules
    for rules in _RULES
}
