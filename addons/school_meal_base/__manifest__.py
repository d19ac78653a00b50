{
    "name": "School Meals: Base",
    "version": "19.0.1.0.0",
    "category": "Services/School Meals",
    "summary": "Schools, students, cards and the personal account ledger",
    "author": "School Meal contributors",
    "license": "AGPL-3",
    "depends": [
        "account",
        "analytic",
        "mail",
        "product",
    ],
    "external_dependencies": {
        "python": [
            "holidays",
            "openpyxl",
            "reportlab",
            "python-stdnum",
        ],
    },
    "data": [
        "security/school_meal_groups.xml",
        "security/ir.model.access.csv",
        "security/school_meal_rules.xml",
        "data/school_meal_data.xml",
        "views/school_meal_menus.xml",
    ],
    "application": True,
}
