# ruff: noqa: E501 (a table reads better than its wrapped lines)
"""Rows of this add-on for the access matrix of `school_meal_base`."""

TABLE = """
model                 | scope   | teacher | canteen | cashier | operator | head | department | accountant | manager | outsider
benefit.document.type | global  | -       | -       | -       | r        | r    | r          | r          | crud    | -
benefit.regulation    | company | -       | -       | -       | r        | r    | cru        | r          | crud    | -
benefit.article       | company | -       | -       | -       | r        | r    | crud       | r          | crud    | -
benefit.reading       | company | -       | -       | -       | r        | r    | crud       | r          | crud    | -
benefit.category      | company | -       | -       | -       | r        | r    | crud       | r          | crud    | -
benefit.grant         | company | -       | -       | -       | r        | r    | crud       | r          | crud    | -
benefit.requirement   | company | -       | -       | -       | r        | r    | crud       | r          | crud    | -
benefit.study.period  | school  | -       | -       | -       | cru      | r    | r          | r          | crud    | -
benefit.journal       | company | -       | -       | -       | -        | -    | r          | -          | r       | -
benefit.application   | school  | -       | -       | -       | cru      | ru   | r          | r          | cru     | -
benefit.application.document | school | - | -       | -       | crud     | r    | r          | r          | crud    | -
benefit.request       | school  | -       | -       | -       | cru      | r    | r          | r          | cru     | -
benefit.order         | school  | -       | -       | -       | cru      | ru   | r          | r          | cru     | -
benefit.decision      | school  | -       | -       | -       | r        | r    | r          | r          | r       | -
benefit.notice        | school  | -       | -       | -       | ru       | r    | r          | r          | ru      | -
benefit.entitlement   | school  | -       | -       | -       | r        | r    | r          | r          | r       | -
benefit.entitlement.end | school | -      | -       | -       | r        | r    | r          | r          | r       | -
benefit.recipient     | school  | -       | -       | -       | r        | r    | r          | r          | r       | -
benefit.radar         | school  | -       | -       | -       | r        | r    | r          | r          | r       | -
benefit.campaign      | school  | -       | -       | -       | cru      | r    | cru        | r          | crud    | -
benefit.campaign.line | school  | -       | -       | -       | r        | r    | r          | r          | r       | -
benefit.end.record    | owner   | -       | -       | -       | cru      | cru  | -          | -          | cru     | -
benefit.end.revoke    | owner   | -       | -       | -       | -        | cru  | -          | -          | cru     | -
benefit.register      | owner   | -       | -       | -       | cru      | cru  | cru        | cru        | cru     | -
egisso.measure        | company | -       | -       | -       | r        | r    | cru        | cru        | crud    | -
egisso.fact           | school  | -       | -       | -       | r        | r    | ru         | ru         | ru      | -
egisso.error          | school  | -       | -       | -       | r        | r    | ru         | ru         | ru      | -
egisso.package        | company | -       | -       | -       | -        | -    | ru         | ru         | ru      | -
egisso.channel        | company | -       | -       | -       | -        | -    | r          | r          | crud    | -
egisso.protocol.load  | owner   | -       | -       | -       | -        | -    | cru        | cru        | cru     | -
egisso.fact.change    | owner   | -       | -       | -       | -        | -    | cru        | cru        | cru     | -
benefit.deadline      | school  | -       | -       | -       | r        | r    | r          | r          | r       | -
benefit.refusal       | owner   | -       | -       | -       | cru      | cru  | -          | -          | cru     | -
benefit.supersession  | owner   | -       | -       | -       | -        | cru  | -          | -          | -       | -
benefit.withdrawal    | owner   | -       | -       | -       | cru      | -    | -          | -          | cru     | -
benefit.journal.print | owner   | -       | -       | -       | cru      | cru  | cru        | -          | cru     | -
compensation.rate | company | - | - | - | r | r | r | cru | crud | -
benefit.stay | school | - | - | - | cru | r | r | r | crud | -
compensation.payee | school | - | - | - | cr | r | r | cr | cr | -
compensation.month | school | - | - | - | r | r | r | crd | crd | -
compensation.line | school | - | - | - | r | r | r | r | r | -
compensation.day | school | - | - | - | r | r | r | r | r | -
compensation.payment.list | company | - | - | - | - | - | r | crud | crud | -
compensation.payment | school | - | - | - | r | r | r | r | r | -
compensation.return | owner | - | - | - | - | - | - | cru | cru | -
compensation.bank.answer | owner | - | - | - | - | - | - | cru | cru | -
benefit.milk.norm | company | - | - | - | r | r | cru | r | crud | -
benefit.milk.issue | school | - | - | - | crud | r | r | r | crud | -
benefit.milk.issue.line | school | - | - | - | ru | r | r | r | ru | -
school.access.log     | school  | -       | -       | -       | -        | r    | r          | -          | r       | -
benefit.change        | school  | -       | -       | -       | -        | r    | r          | r          | r       | -
benefit.audit.run     | school  | -       | -       | -       | -        | cru  | crud       | cru        | crud    | -
benefit.audit.finding | school  | -       | -       | -       | ru       | ru   | ru         | ru         | ru      | -
benefit.pack          | school  | -       | -       | -       | -        | crud | crud       | crud       | crud    | -
benefit.report.form   | company | -       | -       | -       | r        | r    | crud       | r          | crud    | -
benefit.report        | school  | -       | -       | -       | r        | ru   | ru         | r          | ru      | -
benefit.timesheet     | owner   | -       | -       | -       | crud     | crud | crud       | crud       | crud    | -
"""

SAMPLES = {}
