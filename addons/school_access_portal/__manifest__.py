{
    "name": "School Access: Portal",
    "version": "19.0.1.0.0",
    "category": "Services/School Meals",
    "summary": "Parents see the passages of their children and choose their notices",
    "author": "School Meal contributors",
    "license": "AGPL-3",
    "depends": [
        "school_access",
        "school_meal_portal",
    ],
    "external_dependencies": {
        "python": [
            "qrcode",
        ],
    },
    "data": [
        "views/children_templates.xml",
        "views/passes_templates.xml",
        "views/notice_templates.xml",
        "views/leave_templates.xml",
    ],
    "assets": {
        "web.assets_frontend": [
            "school_access_portal/static/src/scss/passes.scss",
        ],
        "web.assets_tests": [
            "school_access_portal/static/tests/tours/**/*",
        ],
    },
    "auto_install": True,
}
