/**
 * Orders in the browser's database. Core's own writing swallows failures and does not wait for
 * the disk: an order that was shown as paid could be gone after a power cut.
 */

/**
 * Write an order with its lines and payments to the disk.
 *
 * @param {IDBDatabase|null} db
 * @param {Object} order pos.order
 * @returns {Promise<boolean>} whether it stands there
 */
export async function storeOrder(db, order) {
    const records = {
        "pos.order": [order],
        "pos.order.line": order.lines,
        "pos.payment": order.payment_ids,
    };
    try {
        await inTransaction(db, Object.keys(records), (store, name) => {
            for (const record of records[name]) {
                store.put(JSON.parse(JSON.stringify(record.serializeForIndexedDB())));
            }
        });
        return true;
    } catch (error) {
        console.warn("An order could not be stored on this till", error);
        return false;
    }
}

/**
 * Empty the database but for what only exists here: orders without a number of the server.
 *
 * @param {IDBDatabase} db
 * @param {string[]} keptStores stores that hold orders and what belongs to them
 */
export function forgetDelivered(db, keptStores) {
    return inTransaction(db, [...db.objectStoreNames], (store, name) => {
        if (!keptStores.includes(name)) {
            store.clear();
        } else if (name === "pos.order") {
            store.openCursor().onsuccess = ({target: {result: cursor}}) => {
                if (cursor) {
                    typeof cursor.value.id === "number" && cursor.delete();
                    cursor.continue();
                }
            };
        }
    });
}

/** Resolves when the transaction is on the disk, rejects when it is not. */
function inTransaction(db, stores, work) {
    return new Promise((resolve, reject) => {
        const transaction = db.transaction(stores, "readwrite", {durability: "strict"});
        transaction.oncomplete = resolve;
        transaction.onerror = transaction.onabort = () =>
            reject(transaction.error || new Error("The transaction was aborted"));
        try {
            for (const name of stores) {
                work(transaction.objectStore(name), name);
            }
        } catch (error) {
            transaction.abort();
            reject(error);
        }
    });
}
