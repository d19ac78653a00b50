/** Roubles of the POS (float) as integer kopecks: the only place where it is converted. */
export function toKopecks(roubles) {
    return Math.round(roubles * 100);
}

export function toRoubles(kopecks) {
    return kopecks / 100;
}
