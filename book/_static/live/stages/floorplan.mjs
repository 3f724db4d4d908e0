// The chip, core by core: touch one to see what it holds, and follow a vector from core to core. Places
// and steps are the library's; a core's filled part is as wide as its rows in use, as tall as its columns.

import { make } from '../controls.mjs';
import { coloursOf } from '../palette.mjs';
import { roving } from '../roving.mjs';
import { Stage } from '../stage.mjs';
import { el, path } from '../svg.mjs';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const [ACROSS, DOWN, STRIP] = [42, 30, 16]; // px from core to core, and of the row of GDPUs
const [CORE_WIDE, CORE_HIGH] = [38, 26];
const EDGE = 3;
const BEAT = 800; // ms of a step, while the vector runs

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
    name: 'Cores of the chip',
    role: 'radiogroup',
    hint: 'Touch a core, or move among them with the arrow keys; then send a vector and follow it from core to core.',
    said: 'div',
    free: ['colour', 'row', 'column', 'time', 'serial', 'step'],
  });
  const { svg } = stage;
  const [rows, columns] = [stage.controls.row.high, stage.controls.column.high];
  stage.size(columns * ACROSS + 2 * EDGE, rows * DOWN + STRIP + 2 * EDGE);
  let scene = null;

  const [units, ways] = [el('g'), el('g', { class: 'aimc-ways' })];
  const left = (k) => EDGE + (k % columns) * ACROSS + (ACROSS - CORE_WIDE) / 2;
  const top = (k) => {
    const row = Math.floor(k / columns);
    return EDGE + row * DOWN + (row >= scene.gdpu_after ? STRIP : 0) + (DOWN - CORE_HIGH) / 2;
  };
  const port = (k) => [left(k) + CORE_WIDE / 2, top(k) + CORE_HIGH - 5]; // below the letter
  const name = (k) => `(${Math.floor(k / columns) + 1},${(k % columns) + 1})`;
  const chosen = () => (read().row - 1) * columns + read().column - 1;

  const cores = Array.from({ length: rows * columns }, (_, k) => {
    const part = el('g', { class: 'aimc-core', role: 'radio', 'data-core': k },
      el('rect', { class: 'aimc-core-edge', width: CORE_WIDE, height: CORE_HIGH }), el('rect', { class: 'aimc-core-used' }), el('text', { 'text-anchor': 'middle' }));
    part.addEventListener('click', () => choose(k));
    return part;
  });
  svg.append(units, ...cores, ways);

  function choose(k) {
    write({ row: Math.floor(k / columns) + 1, column: (k % columns) + 1 });
    cores[k].focus({ preventScroll: true });
  }

  roving(svg, { columns, count: () => rows * columns, chosen, choose });

  const last = () => scene.moments.length + 1; // the vector is through
  const go = (by) => write({ step: Math.min(Math.max(Math.min(read().step, last()) + by, 0), last()) });
  const back = stage.button('Step back', () => { vector.halt(); go(-1); });
  const on = stage.button('Next step', () => { vector.halt(); go(1); });
  const vector = stage.runner('Send a vector', BEAT, () => write({ step: read().step >= last() ? 1 : read().step + 1 }), () => {
    go(1);
    return read().step < last();
  });
  const [held, told] = [make('p', {}), make('p', {})];
  stage.said.append(held, told);

  /** What a core holds, in words. */
  function content(k) {
    const core = scene.cores[k];
    if (!core) return `Core ${name(k)} is not used.`;
    const share = (part) => `${Math.round(100 * part)}%`;
    const [[i, j], [m, n]] = [core.inputs, core.outputs];
    return `Core ${name(k)}, ${scene.layers[core.layer]}: inputs ${i + 1} to ${j} (${share(core.rows)} of its rows), `
      + `outputs ${m + 1} to ${n} (${share(core.columns)} of its columns), read ${core.reads === 1 ? 'once' : `${core.reads} times`} per ${scene.per}.`;
  }

  /** What happens at a step, in words. */
  function story(step) {
    if (step === 0) return 'No vector is on its way.';
    if (step >= last()) return `The vector is through, after ${last() - 1} steps.`;
    const { layers, kind, number, of, cores: at, gdpus } = scene.moments[step - 1];
    const many = at.length === 1 ? 'one core' : `${at.length} cores`;
    const what = {
      read: `${many} ${at.length === 1 ? 'reads' : 'read'} a vector.`,
      sum: `partial sums arrive at ${many} and are added, ${number} of ${of}.`,
      gdpu: `the sums go to ${gdpus.length} digital units below.`,
    }[kind];
    return `Step ${step} of ${last() - 1}, ${layers}: ${what}`;
  }

  function arrow(points, kind) {
    const [[x0, y0], [x1, y1]] = points.slice(-2);
    const long = Math.hypot(x1 - x0, y1 - y0);
    const [u, v] = [(x1 - x0) / long, (y1 - y0) / long];
    const [x, y] = [x1 - 8 * u, y1 - 8 * v];
    return [
      el('path', { class: `aimc-way aimc-way-${kind}`, d: path([...points.slice(0, -1), [x, y]]) }),
      kind === 'now' && el('path', { class: 'aimc-way-head', d: `M${x + 7 * u} ${y + 7 * v}L${x - 5 * v} ${y + 5 * u}L${x + 5 * v} ${y - 5 * u}z` }),
    ].filter(Boolean);
  }

  function arrows(moment, kind) {
    const strip = EDGE + scene.gdpu_after * DOWN + STRIP / 2;
    return [
      ...moment.ways.flatMap((way) => arrow(way.map(port), kind)),
      ...moment.gdpus.flatMap(([core, gdpu]) => arrow([port(core), [port(gdpu)[0], strip + 6]], kind)),
    ];
  }

  function draw({ state, scene: chip }) {
    scene = chip;
    const colours = coloursOf(scene.layers.map(() => ({}))); // as in the chart
    const step = Math.min(state.step, last());
    const now = scene.moments[step - 1];
    const at = new Set(now?.cores);
    units.replaceChildren(...Array.from({ length: columns }, (_, k) => el('rect', {
      class: 'aimc-gdpu', x: left(k), width: CORE_WIDE, y: EDGE + scene.gdpu_after * DOWN + 2, height: STRIP - 4, 'data-now': now?.gdpus.some(([, gdpu]) => gdpu === k) ? '' : undefined,
    })));
    cores.forEach((part, k) => {
      const core = scene.cores[k];
      const mine = k === (state.row - 1) * columns + state.column - 1;
      part.setAttribute('transform', `translate(${left(k)} ${top(k)})`);
      part.setAttribute('tabindex', mine ? 0 : -1);
      part.setAttribute('aria-checked', mine);
      part.setAttribute('aria-label', content(k));
      part.toggleAttribute('data-now', at.has(k));
      const [, used, letter] = part.children;
      used.setAttribute('width', CORE_WIDE * (core?.rows ?? 0));
      used.setAttribute('height', CORE_HIGH * (core?.columns ?? 0));
      used.style.fill = core ? colours[core.layer] : 'none';
      letter.setAttribute('x', CORE_WIDE / 2);
      letter.setAttribute('y', CORE_HIGH / 2 + 2);
      letter.textContent = core ? LETTERS[core.layer] ?? core.layer : '';
    });
    const before = scene.moments.slice(0, Math.max(step - 1, 0)).filter((one) => one.layers === now?.layers);
    ways.replaceChildren(
      ...scene.moments.flatMap((one) => arrows(one, 'rest')),
      ...before.flatMap((one) => arrows(one, 'before')),
      ...(now ? arrows(now, 'now') : []),
    );
    held.textContent = content((state.row - 1) * columns + state.column - 1);
    told.textContent = story(step);
    back.disabled = step === 0;
    on.disabled = step === last();
  }

  return stage.drawn(draw);
}
