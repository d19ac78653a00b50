{
    "name": "School Access Control",
    "version": "19.0.1.0.0",
    "category": "Services/School Meals",
    "summary": "Turnstiles, passes, presence, guard post and notices of passage",
    "author": "School Meal contributors",
    "license": "AGPL-3",
    "depends": [
        "school_meal_base",
    ],
    "external_dependencies": {
        "python": [
            "reportlab",
            "requests",
        ],
    },
    "data": [
        "security/school_access_groups.xml",
        "security/ir.model.access.csv",
        "views/school_access_menus.xml",
        # places, hardware and rules
        "security/access_people_rules.xml",
        "data/access_list_cron.xml",
        "wizards/access_guest_pass_views.xml",
        "wizards/access_reader_learn_views.xml",
        "views/access_site_views.xml",
        "views/access_rule_views.xml",
        "views/access_person_views.xml",
        "views/access_permission_views.xml",
        "views/access_people_menus.xml",
        # commands and drivers
        "security/access_wire_rules.xml",
        "data/access_wire_cron.xml",
        "views/access_command_views.xml",
        "views/access_controller_views.xml",
        # events and presence
        "security/access_event_rules.xml",
        "data/access_event_cron.xml",
        "views/access_event_views.xml",
        "views/access_presence_views.xml",
        "views/access_site_presence_views.xml",
        "wizards/access_presence_correction_views.xml",
        "wizards/meal_settings_events_views.xml",
        "views/school_student_views.xml",
        # gateways
        "security/school_access_edge_rules.xml",
        "views/access_edge_views.xml",
        # guard post
        "security/access_guard_rules.xml",
        "data/access_guard_cron.xml",
        "views/guard_post_templates.xml",
        "views/access_alarm_views.xml",
        "views/access_verification_views.xml",
        "views/access_shift_views.xml",
        "views/access_webhook_views.xml",
        "views/access_guard_menus.xml",
        # notices
        "security/access_notice_rules.xml",
        "data/access_notice_data.xml",
        "views/access_notice_views.xml",
        "wizards/meal_settings_views.xml",
    ],
    "assets": {
        "school_access.assets_post": [
            "web/static/src/module_loader.js",
            "school_meal_base/static/src/device/tones.js",
            "school_access/static/src/post/**/*",
        ],
    },
    "post_init_hook": "post_init_hook",
    "application": True,
}
