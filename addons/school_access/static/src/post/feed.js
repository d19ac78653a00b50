/** At most so many passes are on the page, however many come. */
export const SHOWN = 40;
/** "Opened" and the passage that follows it are one line if not further apart. */
const PAIR_ROWS = 12;

/**
 * The last passes of a site, newest first: each once, whatever is sent again.
 *
 * A row has a `key` of its own, so that the passage after an "opened" changes the line
 * that is there.
 */
export class Feed {
    constructor() {
        this.rows = [];
        this.cursor = 0;
        this.seen = new Set();
    }

    /** Take over an answer of the server; return the rows that are new. */
    merge({events, cursor}) {
        const fresh = events.filter(({id}) => id > this.cursor && !this.seen.has(id));
        for (const event of fresh) {
            this.seen.add(event.id);
            this.add(event);
        }
        this.rows.sort((a, b) => b.id - a.id);
        this.rows.length = Math.min(this.rows.length, SHOWN);
        this.cursor = Math.max(this.cursor, cursor);
        for (const id of this.seen) {
            if (id <= this.cursor) {
                this.seen.delete(id); // the server does not send it again
            }
        }
        return fresh;
    }

    add(event) {
        if (event.kind === "opened" && this.find("pass", event, event.time)) {
            return; // of one second, in any order: the passage is told already
        }
        const opened = event.kind === "pass" && this.find("opened", event);
        if (opened) {
            Object.assign(opened, event);
        } else {
            this.rows.unshift({...event, key: event.id});
        }
    }

    /** Return the line of a kind that tells of the same person, door and way. */
    find(kind, {person, point, direction}, time) {
        return this.rows
            .slice(0, PAIR_ROWS)
            .find(
                (row) =>
                    row.kind === kind &&
                    row.person === person &&
                    row.point === point &&
                    row.direction === direction &&
                    (!time || row.time === time)
            );
    }
}
