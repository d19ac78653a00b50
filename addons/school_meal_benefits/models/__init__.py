from . import benefit_logged_mixin

# regulation
from . import benefit_regulation_part
from . import benefit_document_type
from . import benefit_regulation
from . import benefit_regulation_versions
from . import benefit_article
from . import benefit_reading
from . import benefit_category
from . import benefit_grant
from . import benefit_requirement

# the school's facts
from . import benefit_study_period
from . import school_school
from . import school_student

# applications, decisions, orders, notices
from . import benefit_journal
from . import benefit_application
from . import benefit_application_facts
from . import benefit_application_checklist
from . import benefit_application_steps
from . import benefit_application_decision
from . import benefit_application_document
from . import benefit_request
from . import benefit_order
from . import benefit_decision
from . import benefit_notice
from . import benefit_deadline
from . import benefit_forms
from . import benefit_parent_api

# entitlements, campaign
from . import benefit_entitlement
from . import benefit_entitlement_end
from . import benefit_entitlement_grant
from . import benefit_entitlement_ending
from . import benefit_entitlement_end_revoke
from . import benefit_entitlement_follow
from . import benefit_entitlement_forms
from . import benefit_decision_entitlement
from . import school_student_categories
from . import school_student_benefits
from . import school_student_category_borders
from . import benefit_recipient
from . import benefit_radar
from . import benefit_campaign
from . import benefit_campaign_line
from . import benefit_application_renewal

# compensation, milk
from . import compensation_rate
from . import benefit_stay
from . import compensation_payee
from . import compensation_calculation
from . import compensation_month
from . import compensation_month_calculation
from . import compensation_month_deadlines
from . import compensation_month_posting
from . import compensation_line
from . import compensation_day
from . import compensation_line_files
from . import compensation_line_settlement
from . import res_company_payer
from . import res_bank
from . import compensation_month_files
from . import compensation_payment_list
from . import compensation_payment_list_files
from . import compensation_payment
from . import account_bank_statement_line_compensation
from . import meal_gl_mapping
from . import meal_audit_compensation
from . import meal_incident_compensation
from . import benefit_milk_norm
from . import benefit_milk_facts
from . import benefit_milk_issue
from . import benefit_milk_issue_line

# egisso
from . import school_school_egisso
from . import school_guardian_egisso
from . import egisso_measure
from . import egisso_channel
from . import egisso_fact
from . import egisso_fact_elements
from . import egisso_fact_events
from . import egisso_error
from . import egisso_package
from . import egisso_package_protocol
from . import egisso_package_exchange
from . import benefit_entitlement_egisso

# journals, reports, auditor's pack
from . import school_access_log
from . import benefit_application_logged
from . import benefit_application_document_logged
from . import benefit_decision_logged
from . import benefit_entitlement_logged
from . import benefit_entitlement_end_logged
from . import benefit_campaign_line_logged
from . import benefit_study_period_logged
from . import benefit_stay_logged
from . import compensation_payee_logged
from . import compensation_payment_logged
from . import compensation_line_logged
from . import egisso_fact_logged
from . import ir_attachment
from . import benefit_change
from . import benefit_audit_checks
from . import benefit_audit_checks_papers
from . import benefit_audit_checks_rights
from . import benefit_audit_checks_meals
from . import benefit_audit_run
from . import benefit_audit_finding
from . import benefit_pack
from . import benefit_pack_data
from . import benefit_pack_sections
from . import benefit_pack_meals
from . import benefit_pack_files
from . import benefit_report_form
from . import benefit_report
from . import benefit_report_facts
from . import meal_timesheet
from . import benefit_radar_logged
from . import benefit_change_logged
from . import compensation_day_logged
