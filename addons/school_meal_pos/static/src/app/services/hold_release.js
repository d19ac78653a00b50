import {StoredList} from "./stored_list";

/**
 * Holds that are to be given back: kept until the server has said so. A hold left behind is
 * money a child cannot spend until it expires.
 */
export class HoldRelease {
    /**
     * @param {string} key of localStorage, one per till
     * @param {ServerLine} server
     */
    constructor(key, server, storage) {
        this.server = server;
        this.stored = new StoredList(key, storage);
        this.uuids = this.stored.read();
    }

    _write() {
        this.stored.write(this.uuids); // full: the holds expire by themselves
    }

    /** @returns {Promise<Object|null>} the server's answer, null when it is still to come */
    async release(uuid) {
        this.uuids = [...this.uuids.filter((other) => other !== uuid), uuid];
        this._write();
        return this._ask(uuid);
    }

    /** Ask for what is left; called when the network is back. */
    async flush() {
        for (const uuid of [...this.uuids]) {
            if (!(await this._ask(uuid))) {
                break;
            }
        }
    }

    async _ask(uuid) {
        const answer = await this.server.ask("school_void", [uuid]);
        if (answer && answer.code !== "server") {
            this.uuids = this.uuids.filter((other) => other !== uuid);
            this._write();
        }
        return answer;
    }
}
