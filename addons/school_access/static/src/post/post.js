import {renderAlarms} from "./alarms";
import {renderCards} from "./cards";
import {showPerson} from "./dialogs";
import {h} from "./dom";
import {Feed} from "./feed";
import {rememberedSite, renderFoot, renderHead, renderState} from "./head";
import {answer, answerWhy, renderLeft, renderRequests} from "./requests";
import {Refused, SignedOut, call} from "./server";
import {Sounds} from "./sounds";

const POLL_MS = 1000;
const RETRY_MS = [1000, 1000, 2000, 3000, 5000];
const COUNTS_EVERY = 10; // polls; what nobody's passage changes is counted again then
const TOAST_MS = 4000;

/** The guard's page. `now` is what the server has said last, `feed` the last passes. */
export class GuardPost {
    constructor(root, data) {
        Object.assign(this, data, {root});
        this.feed = new Feed();
        this.cards = new Map();
        this.answered = new Set();
        this.known = new Map();
        this.state = {kind: "live"};
        this.failures = 0;
        this.polls = 0;
        this.parts = {};
        for (const [name, tag, extra] of [
            ["head", "header", {}],
            ["state", "div", {role: "status", "aria-live": "polite"}],
            ["alarms", "div", {}],
            ["requests", "div", {}],
            ["nothing", "p", {}],
            ["list", "main", {}],
            ["foot", "footer", {}],
            ["toast", "div", {role: "status", hidden: true}],
        ]) {
            this.parts[name] = h(tag, {class: `gp-${name}`, ...extra});
        }
        this.parts.nothing.textContent = this.texts.nothing;
        root.append(...Object.values(this.parts));
        this.sounds = new Sounds(() => renderHead(this));
        this.take(data.feed, false);
        window.addEventListener("keydown", (event) => this.onKey(event));
        window.addEventListener("online", () => this.schedule(0));
        window.setInterval(() => renderLeft(this), 500);
        this.schedule(POLL_MS);
    }

    // === WHAT IS SHOWN === //

    take(feed, isNews = true) {
        this.now = feed;
        this.shownAt = Date.now();
        this.counts = feed.counts || this.counts || {inside: 0, hour: 0};
        const fresh = this.feed.merge(feed);
        if (isNews) {
            this.tell(fresh);
        }
        this.note();
        renderCards(this);
        this.renderChanged("alarms", feed.alarms, renderAlarms);
        this.renderChanged("requests", this.requestKeys(), renderRequests);
        this.renderChanged("head", this.counts, renderHead);
        this.renderChanged("foot", feed.shift, renderFoot);
        renderState(this);
    }

    requestKeys() {
        return this.now.requests.map(({id}) => id);
    }

    /** A button must not be replaced under the finger that presses it. */
    renderChanged(name, facts, render) {
        const text = JSON.stringify(facts);
        if (this.drawn?.[name] !== text) {
            this.drawn = {...this.drawn, [name]: text};
            render(this);
        }
    }

    tell(fresh) {
        const {alarms, requests} = this.now;
        this.sounds.tell({
            isRefused: fresh.some(({kind}) => kind === "refused"),
            isAsked: requests.some(({id}) => !this.known.has(`r${id}`)),
            isAlarm: alarms.some(({id, count}) => this.known.get(`a${id}`) !== count),
            hasAlarms: Boolean(alarms.length),
        });
    }

    /** Remember what was told, and only what is still there. */
    note() {
        const {alarms, requests} = this.now;
        this.known = new Map([
            ...alarms.map(({id, count}) => [`a${id}`, count]),
            ...requests.map(({id}) => [`r${id}`, 1]),
        ]);
        const ids = new Set(this.requestKeys());
        for (const id of this.answered) {
            if (!ids.has(id)) {
                this.answered.delete(id);
            }
        }
    }

    showPerson(row) {
        showPerson(this, row);
    }

    toast(text) {
        const {toast} = this.parts;
        toast.textContent = text;
        toast.hidden = false;
        window.clearTimeout(this.toastTimer);
        this.toastTimer = window.setTimeout(() => {
            toast.hidden = true;
        }, TOAST_MS);
    }

    // === KEYS === //

    onKey(event) {
        if (
            event.ctrlKey ||
            event.altKey ||
            event.metaKey ||
            event.repeat ||
            event.target.closest?.("input, textarea, select, dialog") ||
            this.root.querySelector("dialog[open]")
        ) {
            return;
        }
        const request = this.now.requests.find(({id}) => !this.answered.has(id));
        // the place of the key, not its letter: the layout may be any
        const work = {
            Digit1: () => answer(this, request, true),
            Digit2: () => answer(this, request, false),
            Digit3: () => answerWhy(this, request),
        }[event.code.replace("Numpad", "Digit")];
        if (work && request) {
            event.preventDefault();
            work();
        }
    }

    // === THE SERVER === //

    schedule(delay) {
        window.clearTimeout(this.timer);
        this.timer = window.setTimeout(() => this.poll(), delay);
    }

    async poll() {
        if (this.isPolling) {
            return;
        }
        this.isPolling = true;
        const began = Date.now();
        let delay = POLL_MS;
        try {
            const feed = await call("/school_access/post/feed", {
                site_id: this.site.id,
                after: this.feed.cursor,
                with_counts: this.failures > 0 || this.polls % COUNTS_EVERY === 0,
            });
            this.polls++;
            this.failures = 0;
            this.state = {kind: "live"};
            this.take(feed);
            delay = Math.max(0, POLL_MS - (Date.now() - began));
        } catch (error) {
            delay = this.fail(error);
        } finally {
            this.isPolling = false;
        }
        this.schedule(delay);
    }

    fail(error) {
        const delay = RETRY_MS[Math.min(this.failures++, RETRY_MS.length - 1)];
        if (error instanceof SignedOut) {
            this.state = {kind: "signedOut"};
        } else if (error instanceof Refused) {
            this.state = {kind: "failed", message: error.message};
        } else if (this.state.kind !== "lost") {
            this.state = {kind: "lost", since: this.now.now};
        }
        renderState(this);
        return delay;
    }

    /** Ask for something to be done; return whether the server has done it. */
    async work(work, values) {
        try {
            const {status} = await call("/school_access/post/do", {
                site_id: this.site.id,
                work,
                values,
            });
            this.toast(this.texts.status[status] || status);
            this.schedule(0);
            return true;
        } catch (error) {
            if (error instanceof Refused) {
                this.toast(error.message);
                this.schedule(0);
            } else {
                this.schedule(this.fail(error));
                this.toast(this.texts.notDone);
            }
            return false;
        }
    }
}

const root = document.querySelector(".gp-page");
const data = document.querySelector("#guard_post_data");
if (root && data) {
    const content = JSON.parse(data.textContent);
    const other = rememberedSite(content);
    if (other) {
        window.location.replace(`/school_access/post/${other}`);
    } else {
        window.guardPost = new GuardPost(root, content);
    }
}
