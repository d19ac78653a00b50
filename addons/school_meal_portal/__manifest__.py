{
    "name": "School Meals: Portal",
    "version": "19.0.1.0.0",
    "category": "Services/School Meals",
    "summary": "Parents and students see balances and statements in the portal",
    "author": "School Meal contributors",
    "license": "AGPL-3",
    "depends": [
        "auth_password_policy",
        "auth_signup",
        "portal",
        "school_meal_base",
    ],
    "data": [
        "security/ir.model.access.csv",
        "security/school_meal_portal_rules.xml",
        "data/ir_config_parameter_data.xml",
        "data/meal_terms_data.xml",
        "views/login_templates.xml",
        "views/first_login_templates.xml",
        "views/portal_templates.xml",
        "views/statement_templates.xml",
        "views/relatives_templates.xml",
        "views/meal_terms_views.xml",
        "wizards/meal_settings_views.xml",
        "wizards/guardian_invitation_views.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "school_meal_portal/static/src/backend/**/*",
        ],
        "web.assets_frontend": [
            "school_meal_portal/static/src/scss/portal.scss",
        ],
        "web.assets_tests": [
            "school_meal_portal/static/tests/tours/**/*",
        ],
    },
}
