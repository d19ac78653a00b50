from odoo import models


class PosOrder(models.Model):
    _inherit = "pos.order"

    def _report_unknown_student(self, payment, result):
        """Tell the accountants of a sale that nobody's account has paid for.

        :param result: answer of the ledger to the charge; a repeat tells nothing new
        """
        if result.status != "created":
            return
        self.env["meal.incident"]._report(
            [
                {
                    "kind": "unknown_student",
                    "key": f"payment:{payment.uuid}",
                    "company_id": self.company_id.id,
                    "school_id": self.config_id.school_id.id,
                    "summary": self.env._(
                        "Receipt %(receipt)s of %(amount)s: the student is not known",
                        receipt=self.pos_reference or self.name,
                        amount=f"{payment.amount:.2f}",
                    ),
                    "details": {
                        "order_id": self.id,
                        "payment_uuid": payment.uuid,
                        "transfer_uuid": result.uuid,
                        "student_ref": payment.meal_student_ref,
                    },
                }
            ]
        )
