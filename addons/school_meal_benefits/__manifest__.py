{
    "name": "School Meals: Benefits",
    "version": "19.0.1.0.0",
    "category": "Services/School Meals",
    "summary": "Free meals and compensation: applications, decisions, entitlements",
    "author": "School Meal contributors",
    "license": "AGPL-3",
    "depends": [
        "school_meal_day",
    ],
    "external_dependencies": {
        "python": [
            "lxml",
            "openpyxl",
            "reportlab",
            "xlsxwriter",
            "zeep",
        ],
    },
    "data": [
        "security/ir.model.access.csv",
        "security/benefit_rules.xml",
        "views/school_meal_benefits_menus.xml",
        # regulation
        # applications, decisions, orders, notices
        # entitlements, campaign
        # compensation, milk
        # egisso
        # journals, reports, auditor's pack
    ],
    "assets": {
        "web.assets_tests": [
            "school_meal_benefits/static/tests/tours/**/*",
        ],
    },
    "application": False,
}
