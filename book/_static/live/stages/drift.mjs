// A year in the hand: the time is dragged along G(t), and devices, factor and error follow. All of it
// stands in the answer's scene, for every step of the axis, so that no hand waits for Python.

import { handle } from '../handle.mjs';
import { Stage } from '../stage.mjs';
import { el, path, oneLine } from '../svg.mjs';

const TICKS = { 1e-6: '1 µs', 1e-3: '1 ms', 1: '1 s', 3600: '1 h', 86400: '1 d', 31557600: '1 y' };
const DAY = 86400;
const SIDE = 6; // devices in a row

/** What the reads of one moment say; `k` counts the steps of the axis of time. */
export function reading(scene, k, compensated) {
  const later = k - scene.first; // nobody has read the devices before
  const factor = compensated ? scene.factor[k] : 1;
  return {
    median: factor * scene.median[k],
    factor: scene.factor[k],
    error: scene.error[k],
    left: scene.error_compensated[k],
    shares: later < 0 ? [] : scene.devices_percent[later].map((share) => (factor * share) / 100),
  };
}

const percent = (value) => `${(100 * value).toFixed(1)}%`;

/**
 * Build the drawing.
 *
 * @param box where it is to stand
 * @param shell {declaration, read(), write(changes)}
 * @returns {update(state, answer)}, which draws a state
 */
export function mount(box, shell) {
  const { read, write } = shell;
  const stage = new Stage(box, shell, {
    name: 'The devices over time: the time can be moved',
    hint: 'Drag the time along the curve, or use the arrow keys.',
    free: ['exponent', 'compensated'],
  });
  const { controls: { exponent: time }, svg, said } = stage;
  const place = ({ exponent }) => Math.round((exponent - time.low) / time.step);
  const when = (state) => time.words[0][place(state)];
  const undo = stage.button('Undo the mean by one factor', () => write({ compensated: !read().compensated }));
  let frame = null; // where things stand, for a width

  /** Lay the parts out: side by side where there is room, the devices below on a phone. */
  function build(wide) {
    const [width, height] = wide ? [634, 250] : [340, 326];
    const plot = wide ? { left: 40, right: 416, top: 12, foot: 214 } : { left: 36, right: 332, top: 8, foot: 150 };
    const grid = wide ? { x: 460, y: 12, pitch: 27 } : { x: 36, y: 186, pitch: 22.5 };
    const side = SIDE * grid.pitch;
    stage.size(width, height);
    const x = (exponent) => plot.left + ((exponent - time.low) / (time.high - time.low)) * (plot.right - plot.left);
    const axis = el('g', { class: 'aimc-scale' });
    for (const [seconds, words] of Object.entries(TICKS)) {
      const at = x(Math.log10(seconds));
      axis.append(
        el('line', { x1: at, x2: at, y1: plot.top, y2: plot.foot }),
        oneLine(at, plot.foot + 15, words, { anchor: 'middle' }),
      );
    }
    const marks = el('g', { class: 'aimc-scale' }); // of conductance
    const band = el('path', { class: 'aimc-drift-band' });
    const [read_, law] = [el('path', { class: 'aimc-drift-median' }), el('path', { class: 'aimc-drift-median', 'stroke-dasharray': '5 4' })];
    const grip = el('rect', { class: 'aimc-grip', x: plot.left - 4, y: plot.top - 4, width: plot.right - plot.left + 8, height: plot.foot - plot.top + 22 });
    const line = el('path', { class: 'aimc-cursor' });
    const knob = el('circle', { r: 9 });
    const label = oneLine(0, plot.foot - 26, '', { class: 'aimc-strong' });
    const hand = handle([grip, line, knob, label], 'Time after the pulse', {
      across: {
        range: time,
        get: () => read().exponent,
        at: (event) => time.low + ((stage.pointer(event)[0] - plot.left) / (plot.right - plot.left)) * (time.high - time.low),
      },
    }, ({ across }) => write({ exponent: across }), { jump: true, words: spoken });
    const dots = Array.from({ length: SIDE ** 2 }, (_, k) => {
      const centre = { cx: grid.x + (k % SIDE + 0.5) * grid.pitch, cy: grid.y + (Math.floor(k / SIDE) + 0.5) * grid.pitch };
      const made = [el('circle', { class: 'aimc-device', ...centre }), el('circle', { class: 'aimc-goal', ...centre, r: grid.pitch * 0.34 })];
      return { parts: made, dot: made[0], full: grid.pitch * 0.34 };
    });
    const below = wide ? [[grid.x, grid.y + side + 20], [grid.x, grid.y + side + 37]] : [];
    const facts = wide ? [] : Array.from({ length: 6 }, (_, k) => oneLine(grid.x + side + 16, grid.y + 14 + k * 22, ''));
    const aside = below.map(([a, b], k) => oneLine(a, b, ['each ring: the target,', 'each dot: what is left'][k]));
    svg.replaceChildren(axis, marks, band, law, read_, ...dots.flatMap(({ parts }) => parts), hand.part, ...facts, ...aside);
    frame = { wide, plot, x, marks, band, read: read_, law, line, knob, label, hand, dots, facts };
  }

  function spoken() {
    const state = read();
    const scene = stage.scene(state);
    if (!scene) return when(state);
    const { median, error, left } = reading(scene, place(state), state.compensated);
    const off = place(state) < scene.first ? 'before the first read' : `${percent(error)} off the target, ${percent(left)} after one factor`;
    return `${when(state)}: median ${median.toPrecision(3)} µS, ${off}`;
  }

  function curves(scene, compensated) {
    const { plot, x, marks } = frame;
    const exponents = scene.median.map((_, k) => time.low + k * time.step);
    const factor = (k) => (compensated ? scene.factor[k] : 1);
    const later = exponents.map((_, k) => k).filter((k) => k >= scene.first);
    const all = [...scene.median.map((g, k) => g * factor(k)), ...later.flatMap((k) => [scene.low[k - scene.first], scene.high[k - scene.first]].map((g) => g * factor(k)))];
    const [bottom, top] = [Math.min(...all) * 0.85, Math.max(...all) * 1.15];
    const y = (g) => plot.foot - (Math.log(Math.max(g, bottom) / bottom) / Math.log(top / bottom)) * (plot.foot - plot.top);
    const median = exponents.map((e, k) => [x(e), y(scene.median[k] * factor(k))]);
    const last = Math.max(...later.filter((k) => 10 ** exponents[k] <= 1.2 * DAY));
    const edge = (values) => later.map((k) => [x(exponents[k]), y(values[k - scene.first] * factor(k))]);
    frame.band.setAttribute('d', `${path([...edge(scene.low), ...edge(scene.high).reverse()])}Z`);
    frame.read.setAttribute('d', path(median.slice(scene.first, last + 1)));
    frame.law.setAttribute('d', path(median.slice(0, scene.first + 1)) + path(median.slice(last)));
    const steps = [1, 2, 5].flatMap((m) => [0.01, 0.1, 1, 10, 100].map((d) => m * d)).filter((g) => g > bottom * 1.02 && g < top * 0.98);
    marks.replaceChildren(...steps.flatMap((g) => [
      el('line', { x1: plot.left, x2: plot.right, y1: y(g), y2: y(g) }),
      oneLine(plot.left - 5, y(g) + 4, String(Number(g.toPrecision(2))), { anchor: 'end' }),
    ]), oneLine(plot.left + 4, plot.foot - 8, 'conductance (µS)'));
    return y;
  }

  function draw({ state, scene, known }) {
    const k = place(state);
    const { plot, x, line, knob, label, dots, facts, hand } = frame;
    const at = x(state.exponent);
    const y = curves(scene, state.compensated);
    const { median, factor, error, left, shares } = reading(scene, k, state.compensated);
    line.setAttribute('d', `M${at} ${plot.top}V${plot.foot}`);
    knob.setAttribute('cx', at);
    knob.setAttribute('cy', known ? y(median) : (plot.top + plot.foot) / 2);
    const right = at > (plot.left + plot.right) / 2;
    label.setAttribute('x', at + (right ? -7 : 7));
    label.setAttribute('text-anchor', right ? 'end' : 'start');
    label.textContent = when(state);
    dots.forEach(({ dot, full }, i) => dot.setAttribute('r', full * Math.sqrt(shares[i] ?? 0)));
    undo.setAttribute('aria-pressed', String(state.compensated));
    const after = k >= scene.first;
    const lines = after
      ? [`median ${median.toPrecision(3)} µS`, `off target: ${percent(error)}`, `with one factor,`, `${factor.toFixed(2)}: ${percent(left)}`, 'ring: target,', 'dot: what is left']
      : [`median ${median.toPrecision(3)} µS`, 'by the law: nobody', 'has read yet'];
    facts.forEach((one, i) => { one.textContent = known ? lines[i] ?? '' : ''; });
    const told = after
      ? `the median is ${median.toPrecision(3)} µS. Uncompensated, the devices are ${percent(error)} off their target, and ${percent(left)} with one factor for all, ${factor.toFixed(2)}.`
      : `the median would be ${median.toPrecision(3)} µS by the law; nobody has read yet.`;
    said.textContent = known ? `${when(state)} after the pulse ${told}` : 'Python has not computed these devices yet; those shown are the last ones.';
    said.hidden = known && !frame.wide;
    hand.tell();
  }

  return stage.drawn(draw, build);
}
