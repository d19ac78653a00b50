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
        "data/meal_category_data.xml",
        "data/benefit_document_type_data.xml",
        "data/benefit_plast_1020_data.xml",
        "data/benefit_plast_1020_category_data.xml",
        "data/benefit_plast_1020_reading_data.xml",
        "data/benefit_kuzbass_data.xml",
        "views/benefit_category_views.xml",
        "views/benefit_regulation_views.xml",
        "views/benefit_document_type_views.xml",
        "views/benefit_study_period_views.xml",
        "views/benefit_regulation_menus.xml",
        # applications, decisions, orders, notices
        "data/benefit_application_data.xml",
        "wizards/benefit_application_wizard_views.xml",
        "views/benefit_request_views.xml",
        "views/benefit_application_views.xml",
        "views/benefit_order_views.xml",
        "views/benefit_decision_views.xml",
        "views/benefit_notice_views.xml",
        "views/benefit_deadline_views.xml",
        # entitlements, campaign
        # compensation, milk
        "security/compensation_rules.xml",
        "data/compensation_data.xml",
        "views/compensation_month_views.xml",
        "views/compensation_payment_views.xml",
        "views/compensation_facts_views.xml",
        "views/benefit_milk_views.xml",
        "views/compensation_menus.xml",
        # egisso
        "security/egisso_rules.xml",
        "data/egisso_cron.xml",
        "wizards/egisso_protocol_load_views.xml",
        "wizards/egisso_fact_change_views.xml",
        "views/egisso_fact_views.xml",
        "views/egisso_error_views.xml",
        "views/egisso_package_views.xml",
        "views/egisso_measure_views.xml",
        "views/egisso_channel_views.xml",
        "views/egisso_menus.xml",
        # journals, reports, auditor's pack
    ],
    "assets": {
        "web.assets_tests": [
            "school_meal_benefits/static/tests/tours/**/*",
        ],
    },
    "application": False,
}
