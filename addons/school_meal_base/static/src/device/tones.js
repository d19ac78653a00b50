/**
 * Sounds the queue understands without looking: a rising pair for yes, a low buzz for no,
 * a siren for danger.
 */
const TONES = {
    yes: {type: "sine", notes: [880, 1320], length: 0.09, volume: 0.25},
    alarm: {type: "sawtooth", notes: [988, 740, 988, 740], length: 0.18, volume: 0.25},
    no: {type: "square", notes: [196, 147], length: 0.22, volume: 0.15},
};

let audio = null;

/** @param {"yes"|"no"|"alarm"} name */
export function playTone(name) {
    const {type, notes, length, volume} = TONES[name];
    try {
        audio = audio || new AudioContext();
        notes.forEach((frequency, index) => {
            const oscillator = audio.createOscillator();
            const gain = audio.createGain();
            const start = audio.currentTime + index * length;
            oscillator.type = type;
            oscillator.frequency.value = frequency;
            gain.gain.value = volume;
            oscillator.connect(gain).connect(audio.destination);
            oscillator.start(start);
            oscillator.stop(start + length);
        });
    } catch {
        // A machine without sound sells all the same: the colour says it.
    }
}
