import {describe, expect, test} from "@odoo/hoot";
import {forgetDelivered, storeOrder} from "@school_meal_pos/app/utils/order_store";

describe.current.tags("headless");

const STORES = ["pos.order", "pos.order.line", "pos.payment", "pos.config"];

function open(name) {
    return new Promise((resolve, reject) => {
        const request = indexedDB.open(name);
        request.onupgradeneeded = () =>
            STORES.forEach((store) =>
                request.result.createObjectStore(store, {
                    keyPath: store === "pos.config" ? "id" : "uuid",
                })
            );
        request.onsuccess = () => resolve(request.result);
        request.onerror = reject;
    });
}

function readAll(db, store) {
    return new Promise((resolve) => {
        const request = db.transaction([store]).objectStore(store).getAll();
        request.onsuccess = () => resolve(request.result);
    });
}

function record(values) {
    return {serializeForIndexedDB: () => values};
}

function order(uuid, id = `local_${uuid}`) {
    return {
        ...record({uuid, id, state: "paid"}),
        lines: [record({uuid: `${uuid}-line`})],
        payment_ids: [record({uuid: `${uuid}-payment`})],
    };
}

test("an order is written with its lines and payments", async () => {
    const db = await open("school_order_store");
    expect(await storeOrder(db, order("a"))).toBe(true);
    expect((await readAll(db, "pos.order")).map(({uuid}) => uuid)).toEqual(["a"]);
    expect((await readAll(db, "pos.payment")).length).toBe(1);
    db.close();
});

test("an order that cannot be written is no sale", async () => {
    const db = await open("school_order_store_broken");
    expect(await storeOrder(null, order("a"))).toBe(false);
    const broken = {...order("b"), payment_ids: [record({no: "key"})]};
    expect(await storeOrder(db, broken)).toBe(false);
    expect(await readAll(db, "pos.order")).toEqual([], {message: "all or nothing"});
    db.close();
});

test("loading everything anew keeps what the server does not have", async () => {
    const db = await open("school_order_store_reset");
    await storeOrder(db, order("delivered", 7));
    await storeOrder(db, order("waiting"));
    db.transaction(["pos.config"], "readwrite")
        .objectStore("pos.config")
        .put({id: 1, name: "old settings"});
    await forgetDelivered(db, ["pos.order", "pos.order.line", "pos.payment"]);
    expect(await readAll(db, "pos.config")).toEqual([]);
    expect((await readAll(db, "pos.order")).map(({uuid}) => uuid)).toEqual(["waiting"]);
    db.close();
});
