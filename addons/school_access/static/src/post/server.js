/** The session has ended. */
export class SignedOut extends Error {}
/** The server has understood and says no; the message is for people. */
export class Refused extends Error {}

const PATIENCE_MS = 5000; // a call that hangs is a lost connection too

/** Call a JSON route. Throws TypeError or AbortError without network, as fetch does. */
export async function call(url, params) {
    const stop = new AbortController();
    const timer = window.setTimeout(() => stop.abort(), PATIENCE_MS);
    try {
        return await ask(url, params, stop.signal);
    } finally {
        window.clearTimeout(timer);
    }
}

async function ask(url, params, signal) {
    const response = await window.fetch(url, {
        method: "POST",
        headers: {"Content-Type": "application/json"},
        body: JSON.stringify({jsonrpc: "2.0", method: "call", params}),
        signal,
    });
    if (!response.ok && !response.headers.get("Content-Type")?.includes("json")) {
        throw new TypeError(`HTTP ${response.status}`); // a proxy: try again later
    }
    const answer = await response.json();
    if (answer.error?.code === 100) {
        throw new SignedOut();
    }
    if (answer.error) {
        throw new Refused(answer.error.data?.message || answer.error.message);
    }
    return answer.result;
}
