import {
    Component,
    onMounted,
    onPatched,
    onWillStart,
    useRef,
    useState,
} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {_t} from "@web/core/l10n/translation";
import {beep} from "./beep";
import {ReaderButton} from "./reader_button";

/** A second line of the same tap within this time is not the next child's card. */
const REPEAT_MS = 1500;

/**
 * Cards are tapped one after another through a list of children: the reader types the
 * number and Enter, the answer is a colour and a sound, the next child comes up.
 */
export class CardEnrol extends Component {
    static template = "school_meal_base.CardEnrol";
    static components = {ReaderButton};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.input = useRef("input");
        this.list = useRef("list");
        this.queue = Promise.resolve();
        this.last = {text: "", at: 0};
        this.state = useState({
            schools: [],
            schoolId: false,
            classId: false,
            readerId: false,
            rows: [],
            currentId: false,
            doneIds: [],
            tone: "",
            message: "",
        });
        onWillStart(async () => {
            this.state.schools = await this.orm.call(
                "school.card",
                "enrol_choices",
                []
            );
            this.state.schoolId = this.state.schools[0]?.id || false;
            await this.load();
        });
        onMounted(() => this.focus());
        onPatched(() => {
            const row = this.list.el?.querySelector(".o_card_enrol_current");
            row?.scrollIntoView({block: "nearest"});
        });
    }

    get school() {
        return this.state.schools.find((item) => item.id === this.state.schoolId);
    }

    get current() {
        return this.state.rows.find((row) => row.id === this.state.currentId);
    }

    get enrolledCount() {
        return this.state.rows.filter((row) => row.enrolled).length;
    }

    photoUrl(row) {
        return `/web/image/school.student/${row.student_id}/avatar_256`;
    }

    async load() {
        const {schoolId, classId} = this.state;
        this.state.rows = schoolId
            ? await this.orm.call("school.card", "enrol_queue", [schoolId, classId])
            : [];
        Object.assign(this.state, {doneIds: [], tone: "", message: ""});
        this.state.currentId = this.nextId();
        this.focus();
    }

    async onSchoolChange(ev) {
        this.state.schoolId = Number(ev.target.value);
        this.state.classId = false;
        this.state.readerId = false;
        await this.load();
    }

    async onClassChange(ev) {
        this.state.classId = Number(ev.target.value) || false;
        await this.load();
    }

    onReaderChange(ev) {
        this.state.readerId = Number(ev.target.value) || false;
        this.focus();
    }

    /** The next child without a number after the current one, then from the start. */
    nextId(afterId = false) {
        const {rows} = this.state;
        const start = rows.findIndex((row) => row.id === afterId) + 1;
        const ordered = [...rows.slice(start), ...rows.slice(0, start)];
        return ordered.find((row) => !row.enrolled)?.id || false;
    }

    select(row) {
        this.state.currentId = row.id;
        this.focus();
    }

    skip() {
        this.state.currentId = this.nextId(this.state.currentId);
        this.focus();
    }

    onKeydown(ev) {
        if (ev.key !== "Enter") {
            return;
        }
        ev.preventDefault();
        const text = ev.target.value.trim();
        ev.target.value = "";
        this.onText(text);
    }

    onText(text) {
        const now = Date.now();
        const isRepeat = text === this.last.text && now - this.last.at < REPEAT_MS;
        this.last = {text, at: now};
        if (text && !isRepeat) {
            // taps are answered in their order, also when the network is slow
            this.queue = this.queue.then(() => this.scan(text));
        }
    }

    /** The reader agent found a card that is of no use. */
    onRefused(reason) {
        beep(false);
        this.state.tone = "danger";
        this.state.message =
            reason === "phone"
                ? _t(
                      "This is a phone or a bank card: its number is another at every" +
                          " tap. Hold the school card alone to the reader."
                  )
                : _t("The reader cannot read this card: hold it once more, flat.");
    }

    async scan(text) {
        const row = this.current;
        if (!row) {
            return;
        }
        let answer;
        try {
            answer = await this.orm.call("school.card", "enrol_scan", [
                [row.id],
                text,
                this.state.readerId,
            ]);
        } catch (error) {
            answer = {status: "refused", message: error.data?.message || error.message};
        }
        if (answer.status === "ignored") {
            return;
        }
        const isOk = answer.status === "ok";
        beep(isOk);
        this.state.tone = isOk ? "success" : "danger";
        this.state.message = isOk ? row.name : answer.message;
        if (isOk) {
            Object.assign(row, answer.row);
            this.state.doneIds.push(row.id);
            this.state.currentId = this.nextId(row.id);
        }
        this.focus();
    }

    async undo() {
        const id = this.state.doneIds.pop();
        const row = this.state.rows.find((item) => item.id === id);
        if (row) {
            Object.assign(
                row,
                await this.orm.call("school.card", "enrol_undo", [[id]])
            );
            Object.assign(this.state, {currentId: id, tone: "", message: ""});
        }
        this.focus();
    }

    focus() {
        this.input.el?.focus();
    }
}

registry.category("actions").add("school_meal_card_enrol", CardEnrol);
