/* global posmodel */
import {registry} from "@web/core/registry";
import * as Chrome from "@point_of_sale/../tests/pos/tours/utils/chrome_util";
import * as PaymentScreen from "@point_of_sale/../tests/pos/tours/utils/payment_screen_util";
import * as TicketScreen from "@point_of_sale/../tests/pos/tours/utils/ticket_screen_util";
import * as Dialog from "@point_of_sale/../tests/generic_helpers/dialog_util";
import * as Order from "@point_of_sale/../tests/generic_helpers/order_widget_util";
import {run} from "@point_of_sale/../tests/generic_helpers/utils";
import * as Till from "./utils/school_till_util";

const tours = registry.category("web_tour.tours");

tours.add("school_till_sale", {
    steps: () =>
        [
            Till.open(),
            Till.panelIsEmpty(),
            Till.scan(Till.IVANOV, "Ivanov Ivan"),
            Till.available("500"),
            Till.add("Lunch"),
            Till.cartHas("Lunch"),
            Till.screenshot("student_panel"),
            Till.pay(),
            Till.isPaid("120"),
            Till.screenshot("paid"),
            Till.cartIsEmpty(),
            Till.panelIsEmpty(),
            Till.undelivered(0),
            // the next child: card first typed in the wrong keyboard layout
            Till.scan(Till.IVANOV_RUSSIAN_LAYOUT, "Ivanov Ivan"),
            Till.available("380"),
            Till.add("Juice"),
            Till.pay(),
            Till.isPaid("45"),
            Till.undelivered(0),
            Chrome.endTour(),
        ].flat(),
});

tours.add("school_till_reader", {
    steps: () =>
        [
            Till.open(),
            // short numbers of a reader that counts the bytes the other way round
            Till.scan("188,53570", "Ivanov Ivan"),
            Till.scan("No card"),
            Till.scan("036,21642", "Ivanova Anna"),
            {
                content: "core has looked for no product called “No card”",
                trigger: "body:not(:has(.o_notification)):not(:has(.modal))",
            },
            Chrome.endTour(),
        ].flat(),
});

tours.add("school_till_pay_on_tap", {
    steps: () =>
        [
            Till.open(),
            Till.add("Lunch"),
            Till.cartHas("Lunch"),
            Till.scan(Till.IVANOV),
            Till.isPaid("120"),
            Till.cartIsEmpty(),
            Till.undelivered(0),
            Chrome.endTour(),
        ].flat(),
});

tours.add("school_till_refusals", {
    steps: () =>
        [
            Till.open(),
            Till.scan("77242CF0"),
            Till.isRefused("does not work any more"),
            Till.scan("DEADBEEF"),
            Till.isRefused("not known"),
            // a child without money; the short number of a W26 reader
            Till.scan(Till.IVANOVA_PAIR, "Ivanova Anna"),
            Till.add("Lunch"),
            Till.pay(),
            {trigger: ".o_school_flash_no:contains(not enough money)"},
            Till.screenshot("refused"),
            Till.isRefused("not enough money"),
            Till.cartHas("Lunch"),
            // the parent's ban and the allergy of another child
            Till.scan(Till.IVANOV, "Ivanov Ivan"),
            Till.add("Juice"),
            Till.cartHas("Juice"),
            Till.pay(),
            Till.isRefused("do not allow: Juice"),
            run(() => {
                const order = posmodel.getOrder();
                [...order.lines].forEach((line) => order.removeOrderline(line));
            }, "empty the cart"),
            Till.add("Bun"),
            Till.cartHas("Bun"),
            {trigger: ".o_school_in_cart:contains(gluten)"},
            Till.screenshot("allergy"),
            {
                content: "the cashier takes it on",
                trigger: ".o_school_pay_allergen",
                run: "click",
            },
            Till.isPaid("30"),
            Till.undelivered(0),
            Chrome.endTour(),
        ].flat(),
});

tours.add("school_till_card_blocked_elsewhere", {
    steps: () =>
        [
            Till.open(),
            Till.scan(Till.IVANOV, "Ivanov Ivan"),
            Till.add("Lunch"),
            Till.cartHas("Lunch"),
            run(() => {
                // what the server sends over the bus
                const {card} = posmodel.schoolTill.state;
                posmodel.schoolTill.onNews({cards: [[card.id, "blocked"]]});
            }, "the office blocks the card"),
            {content: "the till knows at once", trigger: ".o_school_blocked"},
            {trigger: ".o_school_pay[disabled]"},
            Till.scan(Till.IVANOV),
            Till.isRefused("does not work any more"),
            Chrome.endTour(),
        ].flat(),
});

tours.add("school_till_card_blocked_by_bus", {
    steps: () =>
        [
            Till.open(),
            Till.scan(Till.IVANOV, "Ivanov Ivan"),
            run(async () => {
                const {card} = posmodel.schoolTill.state;
                // as another till or the office would do it
                await posmodel.data.orm.call("pos.session", "school_card_block", [
                    [posmodel.session.id],
                    card.id,
                ]);
            }, "the card is blocked on the server"),
            Till.ask("dispatch"),
            {content: "the bus tells the till", trigger: ".o_school_blocked"},
            // what the till keeps is what the bus said
            Till.networkOff(),
            Till.reloadOffline(),
            Till.scan(Till.IVANOV),
            Till.isRefused("does not work any more"),
            Till.networkOn(),
            Chrome.endTour(),
        ].flat(),
});

tours.add("school_till_payment_screen", {
    steps: () =>
        [
            Till.open(),
            // the usual way of core: dishes, payment screen, method, then the card
            Till.add("Lunch"),
            Till.cartHas("Lunch"),
            {trigger: ".product-screen .pay-order-button", run: "click"},
            PaymentScreen.clickPaymentMethod("Student's account"),
            {content: "it waits for a card", trigger: ".send_payment_cancel"},
            Till.scan(Till.IVANOV),
            Till.isPaid("120"),
            Till.cartIsEmpty(),
            Till.undelivered(0),
            // cancelled before any card came
            Till.add("Juice"),
            Till.cartHas("Juice"),
            {trigger: ".product-screen .pay-order-button", run: "click"},
            PaymentScreen.clickPaymentMethod("Student's account"),
            PaymentScreen.clickCancelButton(),
            {trigger: ".paymentlines .delete-button", run: "click"},
            // paid from the account, then reversed: the hold is given back
            Till.scan(Till.IVANOV, "Ivanov Ivan"),
            run(async () => {
                posmodel.config.auto_validate_terminal_payment = false;
            }, "no automatic validation"),
            PaymentScreen.clickPaymentMethod("Student's account"),
            {trigger: ".send_payment_reversal", run: "click"},
            {trigger: ".electronic_status:contains(reversed)"},
            Chrome.endTour(),
        ].flat(),
});

tours.add("school_till_refund", {
    steps: () =>
        [
            Till.open(),
            Till.scan(Till.IVANOV, "Ivanov Ivan"),
            Till.add("Lunch"),
            Till.cartHas("Lunch"),
            Till.pay(),
            Till.isPaid("120"),
            Till.undelivered(0),
            Chrome.clickOrders(),
            TicketScreen.selectFilter("Paid"),
            {trigger: ".ticket-screen .order-row:contains(120)", run: "click"},
            Order.hasLine({productName: "Lunch"}),
            {trigger: ".ticket-screen .orderline:contains(Lunch)", run: "click"},
            {
                content: "one portion comes back",
                trigger: ".ticket-screen .numpad button:contains(/^1$/)",
                run: "click",
            },
            TicketScreen.confirmRefund(),
            PaymentScreen.clickPaymentMethod("Student's account"),
            PaymentScreen.clickRefundButton(),
            {trigger: ".receipt-screen"},
            {trigger: ".receipt-screen .button.next", run: "click"},
            Till.scan(Till.IVANOV, "Ivanov Ivan"),
            Till.available("500"),
            Chrome.endTour(),
        ].flat(),
});

tours.add("school_till_offline", {
    steps: () =>
        [
            Till.open(),
            Till.scan(Till.IVANOV, "Ivanov Ivan"),
            Till.networkOff(),
            Till.available("300"), // the cap, not the balance
            Till.add("Lunch"),
            Till.cartHas("Lunch"),
            Till.screenshot("offline"),
            Till.pay(),
            Till.isPaid("120"),
            Till.screenshot("offline_paid"),
            Till.undelivered(1),
            // the power was cut, still no network: the sale and the cards are here
            Till.reloadOffline(),
            Till.undelivered(1),
            Till.scan(Till.IVANOV, "Ivanov Ivan"),
            Till.add("Lunch"),
            Till.pay(),
            Till.isPaid("120"),
            Till.undelivered(2),
            Till.reloadOffline(),
            Till.undelivered(2),
            // cap 300: 240 are sold, the third lunch is too much
            Till.scan(Till.IVANOV, "Ivanov Ivan"),
            Till.add("Lunch"),
            Till.pay(),
            Till.isRefused("60"),
            Till.available("60"),
            Chrome.clickMenuOption("Close Register"),
            Dialog.is({title: "Orders are still on this till"}),
            Till.screenshot("close_refused"),
            Dialog.confirm("Ok"),
            Till.networkOn(),
            Till.undelivered(0),
            Till.scan(Till.IVANOV, "Ivanov Ivan"),
            Till.available("260"),
            Chrome.endTour(),
        ].flat(),
});

tours.add("school_till_silent_server", {
    steps: () =>
        [
            Till.open(),
            Till.scan(Till.IVANOV, "Ivanov Ivan"),
            Till.available("500"),
            Till.add("Lunch"),
            Till.add("Lunch"),
            Till.add("Lunch"),
            {trigger: ".order-container .orderline:contains(3)"},
            // one wait, then everybody knows; more than the cap is not sold
            Till.silence(),
            Till.pay(),
            Till.isRefused("300"),
            {content: "off line at once", trigger: ".o_school_offline"},
            Till.available("300"),
            Till.screenshot("silent_server"),
            Till.emptyCart(),
            Till.add("Lunch"),
            Till.cartHas("Lunch"),
            Till.pay(),
            Till.isPaid("120"),
            Till.undelivered(1),
            Till.scan(Till.IVANOV, "Ivanov Ivan"),
            Till.available("180"),
            Till.add("Juice"),
            Till.pay(),
            Till.isPaid("45"),
            Till.undelivered(2),
            // late answers come with everything else
            Till.answerAgain(),
            Till.undelivered(0),
            Till.scan(Till.IVANOV, "Ivanov Ivan"),
            Till.available("335"),
            Chrome.endTour(),
        ].flat(),
});

tours.add("school_till_cancel_and_retry", {
    steps: () =>
        [
            Till.open(),
            // cancelled while the server thinks: nothing is sold
            Till.scan(Till.IVANOV, "Ivanov Ivan"),
            Till.add("Lunch"),
            Till.cartHas("Lunch"),
            Till.openPaymentScreen(),
            Till.silence(),
            PaymentScreen.clickPaymentMethod("Student's account"),
            {
                content: "“Force done” cancels",
                trigger: ".paymentlines .send_force_done",
                run: "click",
            },
            Till.answerAgain(),
            {trigger: ".electronic_status:contains(cancelled)"},
            run(() => {
                if (posmodel.getOrder().state !== "draft") {
                    throw new Error("a cancelled payment was sold");
                }
            }, "nothing is sold"),
            // a retry pays what is due, whatever was typed, under a new number
            PaymentScreen.enterPaymentLineAmount("Student's account", "500"),
            {trigger: ".paymentlines .send_payment_request", run: "click"},
            Till.isPaid("120"),
            Till.cartIsEmpty(),
            Till.panelIsEmpty(),
            Till.undelivered(0),
            Chrome.endTour(),
        ].flat(),
});

tours.add("school_till_next_child", {
    steps: () =>
        [
            Till.open(),
            // a child without money; the next one taps before the answer
            Till.scan(Till.IVANOVA_PAIR, "Ivanova Anna"),
            Till.add("Lunch"),
            Till.cartHas("Lunch"),
            Till.silence(),
            Till.pay(),
            Till.scan(Till.IVANOV),
            Till.shows("Ivanova Anna"),
            Till.answerAgain(),
            {trigger: ".o_school_flash_no"},
            Till.shows("Ivanova Anna"),
            Till.cartHas("Lunch"),
            {trigger: ".o_school_flash_no", run: "click"},
            // a child with money: the next tap waits for the cart to be paid
            Till.scan(Till.IVANOV, "Ivanov Ivan"),
            Till.silence(),
            Till.pay(),
            Till.scan(Till.IVANOVA_PAIR),
            Till.answerAgain(),
            Till.shows("Ivanova Anna"),
            Till.cartIsEmpty(),
            Till.undelivered(0),
            // cash, the way of core: nobody stays on the panel
            Till.add("Juice"),
            Till.cartHas("Juice"),
            Till.openPaymentScreen(),
            PaymentScreen.clickPaymentMethod("Cash"),
            PaymentScreen.clickValidate(),
            {trigger: ".receipt-screen .button.next", run: "click"},
            Till.panelIsEmpty(),
            Till.scan(Till.IVANOV, "Ivanov Ivan"),
            Till.add("Juice"),
            Till.pay(),
            Till.isPaid("45"),
            Till.undelivered(0),
            Chrome.endTour(),
        ].flat(),
});

tours.add("school_till_interrupted", {
    steps: () =>
        [
            Till.open(),
            Till.scan(Till.IVANOV, "Ivanov Ivan"),
            Till.add("Lunch"),
            Till.cartHas("Lunch"),
            run(async () => {
                posmodel.config.auto_validate_terminal_payment = false;
            }, "no automatic validation"),
            Till.openPaymentScreen(),
            PaymentScreen.clickPaymentMethod("Student's account"),
            {trigger: ".electronic_status:contains(Successful)"},
            run(async () => {
                await posmodel.data.synchronizeLocalDataInIndexedDB();
            }, "the browser keeps it"),
            Till.reload(),
            run(async () => {
                const till = posmodel.schoolTill;
                while (till.holds.uuids.length) {
                    await new Promise((resolve) => setTimeout(resolve, 100));
                }
                const left = posmodel.models["pos.payment"].getAll().length;
                if (left) {
                    throw new Error(`${left} payments are left`);
                }
                const order = posmodel.models["pos.order"].find((o) => !o.finalized);
                posmodel.setOrder(order);
                posmodel.navigate("ProductScreen", {orderUuid: order.uuid});
            }, "the hold is given back, the cart is here"),
            Till.cartHas("Lunch"),
            Till.scan(Till.IVANOV, "Ivanov Ivan"),
            Till.available("500"),
            Till.pay(),
            Till.isPaid("120"),
            Till.undelivered(0),
            Chrome.endTour(),
        ].flat(),
});

tours.add("school_till_refused_order", {
    steps: () =>
        [
            Till.open(),
            // the disk is full and the server takes nothing: no green
            Till.scan(Till.IVANOV, "Ivanov Ivan"),
            Till.add("Lunch"),
            Till.cartHas("Lunch"),
            run(() => {
                const {db} = posmodel.data.indexedDB;
                const {transaction} = IDBDatabase.prototype;
                db.transaction = (stores, mode, options) => {
                    if (options?.durability === "strict") {
                        throw new DOMException("full", "QuotaExceededError");
                    }
                    return transaction.call(db, stores, mode, options);
                };
            }, "the disk is full"),
            Till.pay(),
            Till.isRefused("disk is full"),
            Till.cartHas("Lunch"),
            Till.undelivered(0),
            run(() => {
                delete posmodel.data.indexedDB.db.transaction;
            }, "there is room again"),
            Till.pay(),
            Till.isPaid("120"),
            Till.undelivered(1),
            // one refused order does not hold up the others
            Till.scan(Till.IVANOV, "Ivanov Ivan"),
            Till.add("Juice"),
            Till.pay(),
            Till.isPaid("45"),
            Till.undelivered(1),
            Chrome.clickMenuOption("Close Register"),
            {trigger: ".modal:contains(The lunch is refused)"},
            Dialog.confirm("Ok"),
            run(() => {
                const {orders} = posmodel.schoolTill.exportUndelivered();
                if (orders.length !== 1 || !orders[0].payment_ids.length) {
                    throw new Error("the file lacks the order");
                }
            }, "it can be saved to a file"),
            // “Reload data” would wipe it
            run(() => {
                posmodel.reloadData(true);
            }, "somebody wants to reload the data"),
            Dialog.is({title: "Orders are still on this till"}),
            Dialog.confirm("Ok"),
            // and so would a change of the settings before the next start
            run(async () => {
                await posmodel.data.synchronizeLocalDataInIndexedDB();
                await posmodel.data.resetIndexedDB();
            }, "core wipes the database of the browser"),
            Till.reload(),
            Till.undelivered(1),
            Till.ask("accept"),
            run(() => {
                posmodel.schoolTill.tick();
            }, "the next minute"),
            Till.undelivered(0),
            Chrome.endTour(),
        ].flat(),
});

tours.add("school_till_agent", {
    steps: () =>
        [
            Till.open(),
            {trigger: ".o_school_agent:contains(does not answer)"},
            Till.ask("start"),
            {
                content: "found by itself; the cashier asks to connect it",
                trigger: ".o_school_agent_pair",
                run: "click",
            },
            {trigger: ".o_school_agent_pairing input", run: "edit 12"},
            {trigger: ".o_school_agent_connect", run: "click"},
            {trigger: ".o_school_agent_pairing .alert:contains(not the code)"},
            Till.ask("code"),
            {
                trigger: ".o_school_agent_pairing input",
                run: ({anchor}) => {
                    anchor.value = window.agentCode;
                    anchor.dispatchEvent(new InputEvent("input", {bubbles: true}));
                },
            },
            {trigger: ".o_school_agent_connect", run: "click"},
            {trigger: "body:not(:has(.o_school_agent_pairing))"},
            {trigger: ".o_school_agent:contains(is connected)"},
            Till.ask("card"),
            Till.shows("Ivanov Ivan"),
            Till.ask("stranger"),
            Till.isRefused("not known"),
            Till.ask("stop"),
            {trigger: ".o_school_agent:contains(does not answer)"},
            Till.ask("start"),
            {
                content: "it comes back by itself, and knows the till",
                trigger: ".o_school_agent:contains(is connected)",
            },
            Till.add("Lunch"),
            Till.cartHas("Lunch"),
            Till.ask("card"),
            Till.shows("Ivanov Ivan"),
            Till.pay(),
            Till.isPaid("120"),
            Till.undelivered(0),
            Chrome.endTour(),
        ].flat(),
});
