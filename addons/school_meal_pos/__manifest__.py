{
    "name": "School Meals: Till",
    "version": "19.0.1.0.0",
    "category": "Sales/Point of Sale",
    "summary": "Students' accounts at the canteen till, online and offline",
    "author": "School Meal contributors",
    "website": "https://github.com/school-meal/school-meal",
    "license": "AGPL-3",
    "depends": [
        "school_meal_base",
        "point_of_sale",
    ],
    "data": [
        "security/school_meal_pos_groups.xml",
        "security/ir.model.access.csv",
        "security/school_meal_pos_rules.xml",
        "wizards/school_till_assign_views.xml",
        "views/meal_incident_views.xml",
        "security/school_meal_pos_core_rules.xml",
        "views/pos_config_views.xml",
        "views/pos_session_views.xml",
        "views/school_school_views.xml",
        "wizards/school_till_order_import_views.xml",
    ],
    "assets": {
        "point_of_sale._assets_pos": [
            "school_meal_base/static/src/device/*.js",
            "school_meal_base/static/src/agent_pairing/*",
            "school_meal_pos/static/src/app/**/*",
        ],
        "web.assets_tests": [
            "school_meal_pos/static/tests/tours/**/*",
        ],
        "web.assets_unit_tests": [
            "school_meal_pos/static/tests/unit/**/*",
        ],
    },
    "auto_install": False,
    "application": False,
}
