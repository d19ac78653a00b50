/**
 * A short high tone for yes, a long low one for no; silence where sound is not allowed.
 *
 * @param {boolean} isOk
 */
export function beep(isOk) {
    const AudioContext = window.AudioContext || window.webkitAudioContext;
    if (!AudioContext) {
        return;
    }
    const context = new AudioContext();
    const tone = context.createOscillator();
    tone.frequency.value = isOk ? 1200 : 220;
    tone.connect(context.destination);
    tone.onended = () => context.close();
    tone.start();
    tone.stop(context.currentTime + (isOk ? 0.08 : 0.35));
}
