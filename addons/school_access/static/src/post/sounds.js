import {playTone} from "@school_meal_base/device/tones";

const KEY = "guard_post:silent";
const REPEAT_MS = 15000; // an alarm that nobody takes sounds again

/** Sounds of the post. A browser keeps silent until the page was touched once. */
export class Sounds {
    constructor(onChange) {
        this.isUnlocked = false;
        this.isOn = window.localStorage.getItem(KEY) !== "1";
        this.alarmedAt = 0;
        const unlock = () => {
            this.isUnlocked = true;
            window.removeEventListener("pointerdown", unlock);
            window.removeEventListener("keydown", unlock);
            onChange();
        };
        window.addEventListener("pointerdown", unlock);
        window.addEventListener("keydown", unlock);
    }

    toggle() {
        this.isOn = !this.isOn;
        window.localStorage.setItem(KEY, this.isOn ? "" : "1");
    }

    /** One sound for all that is new: the worst of it. */
    tell({isRefused, isAsked, isAlarm, hasAlarms}) {
        const now = Date.now();
        if (isAlarm || (hasAlarms && now - this.alarmedAt > REPEAT_MS)) {
            this.alarmedAt = now;
            this.play("alarm");
        } else if (isRefused) {
            this.play("no");
        } else if (isAsked) {
            this.play("yes");
        }
    }

    play(name) {
        if (this.isOn && this.isUnlocked) {
            this.played = name;
            playTone(name);
        }
    }
}
