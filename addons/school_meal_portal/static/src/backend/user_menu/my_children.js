import {browser} from "@web/core/browser/browser";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {session} from "@web/session";

const CHILDREN_URL = "/my/children";

/** Staff who are parents too: the way to the pages of their own children. */
function myChildrenItem() {
    return {
        type: "item",
        id: "my_children",
        description: _t("My children"),
        href: browser.location.origin + CHILDREN_URL,
        show: () => Boolean(session.school_meal_has_children),
        callback: () => {
            browser.location.href = CHILDREN_URL;
        },
        sequence: 45,
    };
}

registry.category("user_menuitems").add("school_meal_my_children", myChildrenItem);
