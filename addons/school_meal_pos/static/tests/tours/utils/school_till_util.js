/* global posmodel */
import * as Dialog from "@point_of_sale/../tests/generic_helpers/dialog_util";
import {
    refresh,
    run,
    scan_barcode,
} from "@point_of_sale/../tests/generic_helpers/utils";

/** Core waits some seconds for its fonts; a busy machine adds its own. */
const START_TIMEOUT = 60_000;

export const IVANOV = "Mifare[BCD14264] 1K (0004,08) 066,53692";
/** The same line typed by a wedge while the Russian keyboard layout is on. */
export const IVANOV_RUSSIAN_LAYOUT = "ЬшафкухИСВ14264ъ 1Л (0004б08) 066б53692";
export const IVANOVA_PAIR = "138,21540";
export const BLOCKED = "77242CF0";

export function open() {
    return [
        {
            content: "open the till",
            trigger: ".screen-login .btn.open-register-btn",
            run: "click",
            timeout: START_TIMEOUT,
        },
        {...Dialog.confirm("Open Register"), timeout: START_TIMEOUT},
    ];
}

/** Reload the page while there is no network. */
export function reloadOffline() {
    return [
        refresh(),
        {
            content: "the till starts without network",
            trigger: ".o_school_offline",
            timeout: START_TIMEOUT,
        },
    ];
}

export function scan(text, name) {
    return [...scan_barcode(text), ...(name ? [shows(name)] : [])];
}

export function shows(name) {
    return {
        content: `the panel shows ${name}`,
        trigger: `.o_school_panel .o_school_name:contains(${name})`,
    };
}

export function panelIsEmpty() {
    return {content: "nobody is shown", trigger: ".o_school_panel_empty"};
}

export function available(text) {
    return {trigger: `.o_school_available:contains(${text})`};
}

export function add(product) {
    return {
        content: `put ${product} into the cart`,
        trigger: `article.product .product-name:contains("${product}")`,
        run: "click",
    };
}

export function cartHas(product) {
    return {trigger: `.order-container .orderline:contains(${product})`};
}

export function cartIsEmpty() {
    return {trigger: ".product-screen:not(:has(.orderline))"};
}

export function pay() {
    return {
        content: "press the big button",
        trigger: ".o_school_pay:not([disabled])",
        run: "click",
    };
}

export function isPaid(amount) {
    return {content: "green", trigger: `.o_school_flash_yes:contains(${amount})`};
}

export function isRefused(text) {
    return [
        {content: "red", trigger: `.o_school_flash_no:contains(${text})`},
        {content: "close the red", trigger: ".o_school_flash_no", run: "click"},
        {trigger: "body:not(:has(.o_school_flash))"},
    ];
}

export function undelivered(count) {
    return {
        content: `${count} orders wait on this till`,
        trigger: `.o_school_status[data-undelivered="${count}"]`,
    };
}

/** The Python side of the test hears this and cuts the network of the browser. */
export function networkOff() {
    return [
        run(async () => {
            console.log("TEST:offline");
            await new Promise((resolve) => setTimeout(resolve, 300));
            await posmodel.data.checkConnectivity();
        }, "the network breaks"),
        {trigger: ".o_school_offline"},
    ];
}

export function networkOn() {
    return [
        run(async () => {
            console.log("TEST:online");
            await new Promise((resolve) => setTimeout(resolve, 300));
            await posmodel.data.checkConnectivity();
        }, "the network is back"),
        {trigger: ".o_school_status:not(.o_school_offline)"},
    ];
}

/** The Python side does something: see the tour's test. */
export function ask(order) {
    return run(async () => {
        console.log(`TEST:${order}`);
        await new Promise((resolve) => setTimeout(resolve, 300));
    }, `test: ${order}`);
}

/** The provider swallows everything from now on: nothing fails, nothing is answered. */
export function silence() {
    return ask("silence");
}

export function answerAgain() {
    return [ask("answer"), {trigger: ".o_school_status:not(.o_school_offline)"}];
}

export function emptyCart() {
    return run(() => {
        const order = posmodel.getOrder();
        [...order.lines].forEach((line) => order.removeOrderline(line));
    }, "empty the cart");
}

export function reload() {
    return [
        refresh(),
        {
            content: "the till is open again",
            trigger: ".o_school_status",
            timeout: START_TIMEOUT,
        },
    ];
}

export function openPaymentScreen() {
    return {trigger: ".product-screen .pay-order-button", run: "click"};
}

export function screenshot(name) {
    return run(async () => {
        await new Promise((resolve) => setTimeout(resolve, 250));
        console.log(`TEST:screenshot ${name}`);
        await new Promise((resolve) => setTimeout(resolve, 450));
    }, `screenshot ${name}`);
}
