// A part of a drawing that is moved by hand: by pointer or touch along one direction or two, and by
// the keys of a slider. Every hand reaches the same values, which are those of the controls.

import { el } from './svg.mjs';

export const minus = (text) => text.replace('-', '\u2212');

/** The nearest value that a control allows. */
export function within(value, { low, high, step }) {
  const stepped = low + Math.round((value - low) / step) * step;
  return Number(Math.min(Math.max(stepped, low), high).toPrecision(9));
}

const KEYS = {
  ArrowRight: ['across', 1], ArrowLeft: ['across', -1], ArrowUp: ['up', 1], ArrowDown: ['up', -1],
  PageUp: [null, 10], PageDown: [null, -10],
};

/**
 * Build the part.
 *
 * @param shape elements that it consists of
 * @param name for those who do not see it
 * @param axes {across, up}, one or both: {range, get(), at(event)}, where `at` is a place in the
 *   control's unit; the first one is the slider's value, and with one axis all arrows move it
 * @param set called with the values by axis
 * @param options jump: whether the part comes to the pointer, instead of moving as the pointer does;
 *   words(): the value as it is spoken
 * @returns {part, tell()}; `tell` is called when the values have changed
 */
export function handle(shape, name, axes, set, { jump = false, words }) {
  const [main] = Object.values(axes);
  const across = !axes.up;
  const part = el('g', {
    class: `aimc-handle${across ? ' aimc-handle-across' : ''}`, tabindex: 0, role: 'slider', 'aria-label': name,
    'aria-valuemin': main.range.low, 'aria-valuemax': main.range.high,
  }, ...shape);
  const each = (value) => Object.fromEntries(Object.entries(axes).map(([key, axis]) => [key, within(value(axis, key), axis.range)]));
  let from = null;
  part.addEventListener('pointerdown', (event) => {
    if (event.button > 0) return; // a menu may keep the end of it to itself
    const before = each((axis) => axis.get());
    const value = jump ? each((axis) => axis.at(event)) : before;
    from = { before, value, at: Object.fromEntries(Object.entries(axes).map(([key, axis]) => [key, axis.at(event)])) };
    part.setPointerCapture(event.pointerId);
    part.focus({ preventScroll: true });
    event.preventDefault();
    if (jump) {
      from.value = from.at;
      set(value);
    }
  });
  part.addEventListener('pointermove', (event) => {
    if (from) set(each((axis, key) => from.value[key] + axis.at(event) - from.at[key]));
  });
  part.addEventListener('pointerup', () => { from = null; });
  part.addEventListener('pointercancel', () => { // the finger scrolls the page
    if (from) set(from.before);
    from = null;
  });
  part.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const [wanted, steps] = KEYS[event.key] ?? [];
    const key = wanted in axes ? wanted : Object.keys(axes)[0];
    const { range, get } = axes[key];
    const value = { Home: range.low, End: range.high }[event.key] ?? (steps && get() + steps * range.step);
    if (value === undefined) return;
    event.preventDefault();
    set({ ...each((axis) => axis.get()), [key]: within(value, range) });
  });
  return { part, tell() {
    part.setAttribute('aria-valuenow', main.get());
    part.setAttribute('aria-valuetext', minus(words()));
  } };
}
