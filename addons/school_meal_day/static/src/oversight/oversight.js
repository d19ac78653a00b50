/* global Chart */
import {
    Component,
    onMounted,
    onWillStart,
    onWillUnmount,
    useEffect,
    useRef,
    useState,
} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {formatInteger, formatMonetary} from "@web/views/fields/formatters";
import {loadBundle} from "@web/core/assets";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";

const REFRESH_MS = 30000;

/** What a school may be late with: the words and what opens when they are pressed. */
const LATE = {
    attendance: {block: "unconfirmed", text: () => _t("Attendance not confirmed")},
    orders: {block: "ordered", text: () => _t("Not ordered by the cut-off")},
    menu: {block: "menu", text: () => _t("Menu not approved")},
    closing: {block: "open_days", text: () => _t("Day not closed")},
    open_days: {block: "open_days", text: () => _t("Earlier days not closed")},
};

/**
 * The schools of the user today, read again every half minute while the page is seen.
 * Every number opens its records.
 */
export class Oversight extends Component {
    static template = "school_meal_day.Oversight";
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.canvas = useRef("canvas");
        this.state = useState({
            board: null,
            trend: [],
            schoolId: false,
            search: "",
            onlyLate: false,
            at: null,
            isStale: false,
        });
        onWillStart(async () => {
            await Promise.all([loadBundle("web.chartjs_lib"), this.load()]);
        });
        onMounted(() => {
            this.timer = setInterval(() => this.refresh(), REFRESH_MS);
            this.loadTrend();
        });
        onWillUnmount(() => {
            clearInterval(this.timer);
            this.chart?.destroy();
        });
        useEffect(
            () => this.drawTrend(),
            () => [this.state.trend]
        );
    }

    async load() {
        this.state.board = await this.orm.call("meal.oversight", "get_board", []);
        this.state.at = luxon.DateTime.now();
        this.state.isStale = false;
    }

    /** A refresh that fails keeps the old numbers and says how old they are. */
    async refresh() {
        if (document.hidden) {
            return;
        }
        try {
            await this.orm.silent
                .call("meal.oversight", "get_board", [])
                .then((board) => {
                    this.state.board = board;
                    this.state.at = luxon.DateTime.now();
                    this.state.isStale = false;
                });
        } catch {
            this.state.isStale = true;
        }
    }

    async loadTrend() {
        this.state.trend = await this.orm.silent.call("meal.oversight", "get_trend", [
            this.state.schoolId,
        ]);
    }

    get schools() {
        const words = this.state.search.trim().toLowerCase();
        return this.state.board.schools.filter(
            (school) =>
                (!this.state.onlyLate || school.late.length) &&
                (!words || school.name.toLowerCase().includes(words))
        );
    }

    get shownSchool() {
        return this.state.board.schools.find(
            (school) => school.id === this.state.schoolId
        );
    }

    get lateLabel() {
        return _t("Only what is late (%s)", this.state.board.total.late);
    }

    get updatedAt() {
        return this.state.at.toFormat("HH:mm:ss");
    }

    lateText(code, school) {
        const details = {
            attendance: school.unconfirmed_names.join(", "),
            open_days: school.open_days,
        }[code];
        const text = LATE[code].text();
        return details ? `${text}: ${details}` : text;
    }

    number(value) {
        return formatInteger(value);
    }

    absentText({absent, unknown}) {
        return unknown
            ? _t("absent %(absent)s, not known %(unknown)s", {absent, unknown})
            : _t("absent %s", absent);
    }

    fedText({fed}) {
        return _t("students: %s", formatInteger(fed));
    }

    forecastText({forecast}) {
        return _t("by orders of open days: %s", this.money(forecast));
    }

    percent(value) {
        return value === null ? "–" : `${value} %`;
    }

    money(kopecks) {
        return formatMonetary(kopecks / 100, {
            currencyId: this.state.board.currency,
        });
    }

    /** The trend is of one school, or of all when it is pressed again. */
    async selectSchool(school) {
        this.state.schoolId = this.state.schoolId === school.id ? false : school.id;
        await this.loadTrend();
    }

    async open(block, schoolId = null) {
        this.action.doAction(
            await this.orm.call("meal.oversight", "open_rows", [block, schoolId])
        );
    }

    openLate(code, schoolId) {
        return this.open(LATE[code].block, schoolId);
    }

    drawTrend() {
        this.chart?.destroy();
        const days = this.state.trend;
        if (!this.canvas.el || !days.length) {
            return;
        }
        const line = (label, key, color, extra = {}) => ({
            label,
            data: days.map((day) => day[key]),
            borderColor: color,
            backgroundColor: color,
            tension: 0.2,
            ...extra,
        });
        this.chart = new Chart(this.canvas.el, {
            type: "line",
            data: {
                labels: days.map((day) => day.label),
                datasets: [
                    line(_t("Ordered"), "ordered", "#9CA3AF"),
                    line(_t("Issued"), "issued", "#017E84"),
                    line(_t("Coverage, %"), "coverage", "#E6A23C", {
                        yAxisID: "share",
                        borderDash: [4, 4],
                    }),
                ],
            },
            options: {
                animation: false,
                maintainAspectRatio: false,
                interaction: {mode: "index", intersect: false},
                scales: {
                    y: {beginAtZero: true},
                    share: {
                        position: "right",
                        min: 0,
                        max: 100,
                        grid: {drawOnChartArea: false},
                    },
                },
            },
        });
    }
}

registry.category("actions").add("school_meal_oversight", Oversight);
