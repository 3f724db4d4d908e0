// A year in the hand: the time is dragged along G(t), and devices, factor and error follow. All of it
// stands in the answer's scene, for every step of the axis, so that no hand waits for Python.

import { make } from '../controls.mjs';
import { handle } from '../handle.mjs';
import { el } from '../svg.mjs';

const WIDE = 600; // px from which the devices stand beside the curve
const TICKS = { 1e-6: '1 µs', 1e-3: '1 ms', 1: '1 s', 3600: '1 h', 86400: '1 d', 31557600: '1 y' };
const DAY = 86400;
const SIDE = 6; // devices in a row
const FREE = ['exponent', 'compensated']; // controls that leave the scene as it is

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

/** Whether an answer's scene is that of a state. */
export function belongs(state, other) {
  return Object.keys(state).every((name) => FREE.includes(name) || state[name] === other[name]);
}

const path = (points) => `M${points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L')}`;
const percent = (value) => `${(100 * value).toFixed(1)}%`;

/**
 * Build the drawing.
 *
 * @param box where it is to stand
 * @param shell {declaration, read(), write(changes)}
 * @returns {update(state, answer)}, which draws a state
 */
export function mount(box, { declaration, read, write }) {
  const time = declaration.controls.find((one) => one.name === 'exponent');
  const place = ({ exponent }) => Math.round((exponent - time.low) / time.step);
  const when = (state) => time.words[0][place(state)];
  const svg = el('svg', { class: 'aimc-stage-drawing', role: 'group', 'aria-label': 'The devices over time: the time can be moved' });
  const undo = make('button', { type: 'button' }, 'Undo the mean by one factor');
  undo.addEventListener('click', () => write({ compensated: !read().compensated }));
  const said = make('p', { class: 'aimc-stage-said' });
  box.classList.add('aimc-stage-drift');
  box.append(
    make('p', { class: 'aimc-stage-hint' }, 'Drag the time along the curve, or use the arrow keys.'),
    svg, make('div', { class: 'aimc-stage-buttons' }, undo), said,
  );
  let now = null; // the last state and its answer
  let frame = null; // where things stand, for a width

  const text = (x, y, content, more = {}) => {
    const made = el('text', { x, y, ...more });
    made.textContent = content;
    return made;
  };

  /** Lay the parts out: side by side where there is room, the devices below on a phone. */
  function build() {
    const wide = box.clientWidth >= WIDE;
    const [width, height] = wide ? [634, 250] : [340, 326];
    const plot = wide ? { left: 40, right: 416, top: 12, foot: 214 } : { left: 36, right: 332, top: 8, foot: 150 };
    const grid = wide ? { x: 460, y: 12, pitch: 27 } : { x: 36, y: 186, pitch: 22.5 };
    const side = SIDE * grid.pitch;
    svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    svg.classList.toggle('aimc-stage-broad', wide);
    const x = (exponent) => plot.left + ((exponent - time.low) / (time.high - time.low)) * (plot.right - plot.left);
    const axis = el('g', { class: 'aimc-scale' });
    for (const [seconds, words] of Object.entries(TICKS)) {
      const at = x(Math.log10(seconds));
      axis.append(
        el('line', { x1: at, x2: at, y1: plot.top, y2: plot.foot }),
        text(at, plot.foot + 15, words, { 'text-anchor': 'middle' }),
      );
    }
    const marks = el('g', { class: 'aimc-scale' }); // of conductance
    const band = el('path', { class: 'aimc-drift-band' });
    const [read_, law] = [el('path', { class: 'aimc-drift-median' }), el('path', { class: 'aimc-drift-median', 'stroke-dasharray': '5 4' })];
    const grip = el('rect', { class: 'aimc-grip', x: plot.left - 4, y: plot.top - 4, width: plot.right - plot.left + 8, height: plot.foot - plot.top + 22 });
    const line = el('path', { class: 'aimc-cursor' });
    const knob = el('circle', { r: 9 });
    const label = text(0, plot.foot - 26, '', { class: 'aimc-strong' });
    const hand = handle([grip, line, knob, label], 'Time after the pulse', {
      across: {
        range: time,
        get: () => read().exponent,
        at: (event) => {
          const { left, width: shown } = svg.getBoundingClientRect();
          const inside = ((event.clientX - left) * width) / shown;
          return time.low + ((inside - plot.left) / (plot.right - plot.left)) * (time.high - time.low);
        },
      },
    }, ({ across }) => write({ exponent: across }), { jump: true, words: spoken });
    const dots = Array.from({ length: SIDE ** 2 }, (_, k) => {
      const centre = { cx: grid.x + (k % SIDE + 0.5) * grid.pitch, cy: grid.y + (Math.floor(k / SIDE) + 0.5) * grid.pitch };
      const made = [el('circle', { class: 'aimc-device', ...centre }), el('circle', { class: 'aimc-goal', ...centre, r: grid.pitch * 0.34 })];
      return { parts: made, dot: made[0], full: grid.pitch * 0.34 };
    });
    const below = wide ? [[grid.x, grid.y + side + 20], [grid.x, grid.y + side + 37]] : [];
    const facts = wide ? [] : Array.from({ length: 6 }, (_, k) => text(grid.x + side + 16, grid.y + 14 + k * 22, ''));
    const aside = below.map(([a, b], k) => text(a, b, ['each ring: the target,', 'each dot: what is left'][k]));
    svg.replaceChildren(axis, marks, band, law, read_, ...dots.flatMap(({ parts }) => parts), hand.part, ...facts, ...aside);
    frame = { wide, plot, x, marks, band, read: read_, law, line, knob, label, hand, dots, facts };
  }

  function spoken() {
    const state = read();
    const scene = scened(state);
    if (!scene) return when(state);
    const { median, error, left } = reading(scene, place(state), state.compensated);
    const off = place(state) < scene.first ? 'before the first read' : `${percent(error)} off the target, ${percent(left)} after one factor`;
    return `${when(state)}: median ${median.toPrecision(3)} µS, ${off}`;
  }

  /** The scene of a state, if the last answer has it. */
  const scened = (state) => (now?.answer.scene && belongs(state, now.answer.state) ? now.answer.scene : null);

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
      text(plot.left - 5, y(g) + 4, String(Number(g.toPrecision(2))), { 'text-anchor': 'end' }),
    ]), text(plot.left + 4, plot.foot - 8, 'conductance (µS)'));
    return y;
  }

  function draw() {
    if (!now || !frame) return;
    const { state, answer } = now;
    const known = Boolean(scened(state));
    const { scene } = answer;
    box.toggleAttribute('data-waiting', !known);
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

  const layout = () => {
    if (!box.clientWidth || frame?.wide === box.clientWidth >= WIDE) return;
    build();
    draw();
  };
  new ResizeObserver(layout).observe(box);
  return {
    update(state, answer) {
      now = { state, answer };
      if (!frame) build();
      draw();
    },
  };
}
