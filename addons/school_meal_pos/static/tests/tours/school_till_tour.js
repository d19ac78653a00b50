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
