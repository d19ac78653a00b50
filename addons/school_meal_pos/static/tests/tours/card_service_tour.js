import {registry} from "@web/core/registry";
import * as Chrome from "@point_of_sale/../tests/pos/tours/utils/chrome_util";
import * as Service from "./utils/card_service_util";
import * as Till from "./utils/school_till_util";

const tours = registry.category("web_tour.tours");

const NEW_CARD = "Mifare[8F0E1D2C] 1K (0000,00) 014,36623";
const BLANK = "Mifare[0102A3F4] 1K (0000,00) 163,00513";

tours.add("school_till_card_service", {
    steps: () =>
        [
            Till.open(),
            Service.catchPrints(),
            Till.scan(NEW_CARD, "Orlova Olga"),
            Till.isRefused("not activated yet"),
            {trigger: ".o_school_not_activated"},
            Till.screenshot("card_not_activated"),
            {trigger: ".o_school_panel_service", run: "click"},
            Service.shows("Orlova Olga", "Not activated yet"),
            {trigger: ".o_school_service_activate:contains(33)"},
            Till.screenshot("card_service"),
            Service.press("activate"),
            Service.asks("33"),
            Till.screenshot("card_activate"),
            Service.press("yes"),
            Service.says("The card works now"),
            Service.shows("Orlova Olga", "Card works"),
            Service.press("balance"),
            Service.printed("slip_balance", ["Olga O.", "67"]),
            Service.press("password"),
            Service.asks("temporary password"),
            Service.press("yes"),
            Service.printed("slip_password", ["abcd2345", "/my", "Valid until"]),
            Service.close(),
            Till.scan(NEW_CARD, "Orlova Olga"),
            Till.available("67"),
            // another card held to the reader while the service is open is shown there
            Service.open(),
            Till.scan(Till.IVANOV),
            Service.shows("Ivanov Ivan", "Card works"),
            Service.press("block"),
            Service.press("yes"),
            Service.shows("Ivanov Ivan", "Card is blocked"),
            Till.screenshot("card_blocked"),
            Service.close(),
            Till.scan(Till.IVANOV),
            Till.isRefused("does not work any more"),
            Chrome.endTour(),
        ].flat(),
});

tours.add("school_till_card_reissue", {
    steps: () =>
        [
            Till.open(),
            Service.open(),
            // a reader typing into the search field is a card, too
            {
                trigger: ".o_school_service_search",
                run: "edit 24548AAC && press Enter",
            },
            Service.shows("Ivanova Anna", "Card works"),
            Service.press("another"),
            {trigger: ".o_school_service_search", run: "edit ivanov 5"},
            Till.screenshot("card_search"),
            {trigger: ".o_school_service_found:contains(Ivanov Ivan)", run: "click"},
            Service.shows("Ivanov Ivan", "Card works"),
            Service.press("reissue"),
            Till.screenshot("card_blank"),
            // somebody's card is no blank card
            Till.scan("24548AAC"),
            Service.says("already bound"),
            Till.scan(BLANK),
            Service.says("The new card works now"),
            Service.shows("Ivanov Ivan", "Card works"),
            Service.close(),
            Till.scan(BLANK, "Ivanov Ivan"),
            Till.available("450"),
            Till.scan(Till.IVANOV),
            Till.isRefused("does not work any more"),
            Chrome.endTour(),
        ].flat(),
});

tours.add("school_till_card_service_offline", {
    steps: () =>
        [
            Till.open(),
            Till.networkOff(),
            Service.open(),
            {trigger: ".o_school_service_offline:contains(needs the network)"},
            Till.screenshot("card_service_offline"),
            Till.scan(Till.IVANOV),
            Service.says("needs the network"),
            Service.close(),
            Till.networkOn(),
            Chrome.endTour(),
        ].flat(),
});
