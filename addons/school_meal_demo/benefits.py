"""Benefits of the demo: who applies for what, and how each history goes on.

Names of bodies, places and numbers are invented; the regulations are the templates that
come with ``school_meal_benefits``.
"""

#: Municipality → template of the regulation that it adopts.
REGULATIONS = {
    "prirechensk": "school_meal_benefits.plast_1020",
    "gornokluchevsk": "school_meal_benefits.kuzbass",
}

#: Clerk and head of the schools that nobody signs in to, in the order of the schools.
STAFF = [
    ("Лукина Мария Сергеевна", "Громов Пётр Андреевич"),
    ("Фомина Анна Ильинична", "Савельева Ирина Львовна"),
]

#: Codes of `meal.category` → meals that the budget pays for, its share in per cent: the
#: rest is the municipality's.
FUNDING = {
    "disability": (("breakfast", "lunch"), 0),
    "mobilised": (("breakfast", "lunch"), 100),
    "mobilised_dead": (("breakfast", "lunch"), 100),
    "volunteer": (("breakfast", "lunch"), 0),
    "volunteer_dead": (("breakfast", "lunch"), 0),
    "stepchild": (("breakfast", "lunch"), 0),
    "low_income": (("breakfast",), 0),
    "health": (("breakfast",), 0),
    "bused": (("breakfast", "lunch"), 0),
    "guardianship": (("breakfast",), 0),
    "large_low_income": (("breakfast",), 50),
}

#: Municipality → [(category, children of a school with a demo login, of another one)].
#: All children of grades 1-4 are beside them.
CAST = {
    "prirechensk": [
        ("disability", 18, 14),
        ("disability_home", 5, 3),
        ("disability_remote", 3, 1),
        ("mobilised", 10, 7),
        ("mobilised_dead", 2, 1),
        ("volunteer", 9, 6),
        ("volunteer_dead", 2, 1),
        ("stepchild", 3, 2),
        ("stepchild_dead", 1, 0),
        ("low_income", 24, 16),
        ("health", 8, 6),
        ("bused", 12, 9),
    ],
    "gornokluchevsk": [
        ("disability", 11, 9),
        ("guardianship", 12, 10),
        ("large_low_income", 24, 20),
        ("low_income", 16, 14),
    ],
}

#: Histories that only one child of a school with a demo login has: category → fates, in
#: the order of the children. What is not named here is granted in September or later.
FATES = {
    "disability": [
        "expires",
        "expires",
        "refused_papers",
        "refused_today",
        "corrected",
        "moved",
        "left",
        "ready",
        "ready",
        "incomplete",
    ],
    "disability_remote": ["ready"],
    "mobilised": ["served_late", "served", "waiting", "overdue", "ready"],
    "volunteer": ["withdrawn_right", "refused_authority", "ready", "draft"],
    "stepchild": ["waiting"],
    "low_income": [
        "lost",
        "registered_late",
        "waiting",
        "negative",
        "overdue",
        "mistaken",
        "ready",
        "draft",
        "incomplete",
    ],
    "health": ["expires", "refused_late", "draft"],
    "bused": ["withdrawn", "ready", "ready"],
    "guardianship": ["expires", "refused_papers", "ready", "moved"],
    "large_low_income": [
        "lost",
        "waiting",
        "negative",
        "refused_authority",
        "overdue",
        "registered_late",
        "corrected",
        "ready",
        "ready",
        "draft",
    ],
}

#: Of a hundred who apply in time: in the first days of September. The others come in
#: the month before the history and in the history itself.
SEPTEMBER = 75

#: Where documents are kept that the school has already.
PLACES = (
    "Личное дело, канцелярия, шкаф 2",
    "Личное дело, каб. 104, сейф директора",
    "Личное дело ученика, архив, полка 7",
)

#: Kind of document → (issuer, months of validity or None).
PAPERS = {
    "pmpk": ("Территориальная ПМПК № 2", 12),
    "disability_certificate": ("Бюро медико-социальной экспертизы № 5", 24),
    "medical_extract": ("Медицинский кабинет школы", 12),
    "residence": ("Отдел по вопросам миграции", None),
    "bank_details": ("ПАО Сбербанк", None),
    "marriage_certificate": ("Отдел ЗАГС", None),
    "service_evidence": ("Военный комиссариат", None),
    "death": ("Военный комиссариат", None),
    "volunteer_formation": ("Войсковая часть 41698", None),
    "military_contract": ("Пункт отбора на военную службу", 12),
    "large_family": ("Управление социальной защиты населения", 36),
    "guardianship_act": ("Отдел опеки и попечительства", None),
}

#: The clerk's note on an application whose request nobody answers.
NO_ANSWER = "Ответа нет, звонили дважды"

#: Money compensation: (roubles a day, decision of the deputies).
RATE = (183.10, "Решение Собрания депутатов от 27.08.2026 № 84")
KBK = "90210030310200020313"
BIC = "044525225"
#: The parents' accounts; the ninth digit is the check digit.
ACCOUNT = "408178100{number:011d}"

#: Milk of grades 1 and 2 of the first school.
MILK = {"grades": (1, 2), "quantity": 200, "price": 21.40}

#: The register's codes of the local measures of the demo: not real ones.
EGISSO_BODY = "0094.000{number:03d}"

#: Russian letters → Latin ones that look the same.
LOOKALIKES = dict(zip("аеорсху", "aeopcxy", strict=True))


def write_protocol(package, count, wrong):
    """Return the register's protocol, which refuses some elements.

    :param package: uuid of the package
    :param count: how many elements it has
    :param wrong: uuids of those refused
    """
    records = "".join(
        f"<recordResult><recId>{element}</recId><recordOK>false</recordOK><messages>"
        "<messageType>1</messageType><ruleCode>FLC.012</ruleCode><report>СНИЛС не"
        " найден в реестре застрахованных лиц</report></messages></recordResult>"
        for element in wrong
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<protocol xmlns="urn://egisso-ru/types/package-protocol/2.3.0">'
        f"<packageResult><packageId>{package}</packageId>"
        f"<packageStatus>3</packageStatus><recordNum>{count}</recordNum>"
        f"<recordNumSuccess>{count - len(wrong)}</recordNumSuccess>"
        f"<errorRecords>{records}</errorRecords></packageResult></protocol>"
    )
