import {patch} from "@web/core/utils/patch";
import {browser} from "@web/core/browser/browser";
import {BarcodeParser} from "@barcodes/js/barcode_parser";

// Core reads the barcode rules at every start; after a reload without network it would have no
// reader at all. The last rules are kept.
patch(BarcodeParser, {
    async fetchNomenclature(orm, id) {
        const key = `school_till_nomenclature-${id}`;
        try {
            const rules = await super.fetchNomenclature(...arguments);
            browser.localStorage.setItem(key, JSON.stringify(rules));
            return rules;
        } catch (error) {
            const kept = browser.localStorage.getItem(key);
            if (kept) {
                return JSON.parse(kept);
            }
            throw error;
        }
    },
});
