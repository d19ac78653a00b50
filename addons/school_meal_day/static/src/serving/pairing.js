/** The first screen of a new tablet: somebody who works here connects it. */

import * as store from "./store.js";
import {button, el, fill, show, t} from "./view.js";

/**
 * Ask who the tablet belongs to; resolves with its token once it is connected.
 *
 * @param {import("./server.js").Server} server
 * @param {{device?: number, device_name?: string, school?: string, onlySchool?: number}}
 *     before the tablet's earlier pairing; `onlySchool`: no other one can be chosen
 */
export async function pair(server, before = {}) {
    show("pairing", true);
    const schools = await askSchools(server, before);
    return new Promise((resolve) => {
        const school = el(
            "select",
            {id: "pair-school"},
            ...schools.map(({id, name}) => el("option", {value: id}, name))
        );
        const name = el("input", {
            id: "pair-name",
            value: before.device_name || t("pair_default_name"),
            maxlength: 40,
        });
        const error = el("p", {class: "error", role: "alert"});
        const connect = async () => {
            try {
                const answer = await server.ask("pair", {
                    school_id: Number(school.value),
                    name: name.value,
                    device_id: before.device || null,
                });
                await store.set("pairing", answer);
                show("pairing", false);
                resolve(answer);
            } catch (problem) {
                error.textContent = problem.message;
            }
        };
        fill(
            "pairing",
            el("h1", {}, t("pair_title")),
            el("p", {}, t("pair_hint")),
            el("label", {for: "pair-school"}, t("school")),
            school,
            el("label", {for: "pair-name"}, t("pair_name")),
            name,
            error,
            button(t("pair"), connect, {class: "main", id: "pair"})
        );
    });
}

/** Wait until somebody who may connect tablets is signed in. */
async function askSchools(server, {school, onlySchool}) {
    for (;;) {
        let problem = null;
        try {
            const {schools, message} = await server.ask("schools");
            const usable = schools.filter(({id}) => !onlySchool || id === onlySchool);
            if (usable.length) {
                return usable;
            }
            problem = schools.length ? t("pair_only", {school}) : message;
        } catch {
            problem = t("pair_no_network");
        }
        await new Promise((resolve) => {
            fill(
                "pairing",
                el("h1", {}, t("pair_title")),
                el("p", {}, problem),
                el(
                    "a",
                    {
                        class: "button main",
                        href: "/web/login?redirect=/school_meal/serve",
                        id: "sign-in",
                    },
                    t("sign_in")
                ),
                button(t("try_again"), resolve, {class: "quiet"})
            );
        });
    }
}
