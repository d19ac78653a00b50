import { patch } from "@web/core/utils/patch";
import { DataServiceOptions } from "@point_of_sale/app/models/data_service_options";

const ORDER_OF = {
    "pos.order": (record) => record,
    "pos.order.line": (record) => record.order_id,
    "pos.payment": (record) => record.pos_order_id,
};

// Core drops a paid order from the browser's database as soon as it has a server id, also when
// that id is of its draft and the payment has not been sent: a reload would lose it.
patch(DataServiceOptions.prototype, {
    get databaseTable() {
        const table = super.databaseTable;
        for (const [model, orderOf] of Object.entries(ORDER_OF)) {
            const { condition } = table[model];
            table[model].condition = (record) =>
                condition(record) && !orderOf(record)?.uiState?.undelivered;
        }
        return table;
    },
});
