{
    "name": "School Meals: Meal Day",
    "version": "19.0.1.0.0",
    "category": "Services/School Meals",
    "summary": "Menus, orders, issue and day closing of set meals",
    "author": "School Meal contributors",
    "license": "AGPL-3",
    "depends": [
        "school_meal_base",
    ],
    "external_dependencies": {
        "python": [
            "openpyxl",
            "reportlab",
            "xlsxwriter",
        ],
    },
    "data": [
        "security/ir.model.access.csv",
        "security/meal_day_rules.xml",
        "data/meal_day_data.xml",
        "data/meal_order_cron.xml",
        "views/school_meal_day_menus.xml",
        # menu
        "data/meal_section_data.xml",
        "data/meal_norm_data.xml",
        "data/meal_menu_cron.xml",
        "wizards/meal_approval_reopen_views.xml",
        "wizards/meal_cycle_copy_day_views.xml",
        "wizards/meal_cycle_import_views.xml",
        "wizards/meal_menu_generate_views.xml",
        "wizards/meal_menu_publish_views.xml",
        "views/meal_dish_views.xml",
        "views/meal_cycle_views.xml",
        "views/meal_menu_views.xml",
        "views/meal_norm_views.xml",
        "views/meal_requirement_views.xml",
        "views/meal_menu_menus.xml",
        # orders and funding
        "wizards/meal_absence_report_views.xml",
        "wizards/meal_order_entry_views.xml",
        "wizards/meal_order_operation_views.xml",
        "views/meal_order_views.xml",
        "views/meal_absence_views.xml",
        "views/meal_choice_views.xml",
        "views/meal_snapshot_views.xml",
        "views/meal_variant_views.xml",
        "views/school_order_views.xml",
        "wizards/meal_tariff_change_views.xml",
        "views/meal_tariff_views.xml",
        "views/meal_funding_views.xml",
        # class screen
        "views/class_screen_templates.xml",
        "views/kitchen_board_templates.xml",
        "views/snapshot_sheet_views.xml",
        "views/school_class_views.xml",
        "views/class_screen_menus.xml",
        # issue
        "views/serving_page.xml",
        "views/meal_issue_views.xml",
        "wizards/meal_roster_views.xml",
        # day closing
        "data/meal_correction_data.xml",
        "wizards/meal_day_wizard_views.xml",
        "views/meal_day_views.xml",
        "views/meal_correction_views.xml",
        # timesheets and oversight
        "data/meal_oversight_data.xml",
        "views/meal_timesheet_views.xml",
        "views/meal_oversight_views.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "school_meal_day/static/src/oversight/**/*",
            "school_meal_day/static/src/timesheet/**/*",
        ],
        "web.assets_tests": [
            "school_meal_day/static/tests/tours/**/*",
        ],
        "school_meal_day.assets_class_screen": [
            "web/static/src/module_loader.js",
            "school_meal_day/static/src/class_screen/**/*",
        ],
        "school_meal_day.assets_kitchen": [
            "school_meal_day/static/src/kitchen_board/**/*",
        ],
    },
    "application": False,
}
