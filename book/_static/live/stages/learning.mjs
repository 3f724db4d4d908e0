// One weight that is taught by pulses: target and symmetry point are taken by hand, and the devices
// are followed from update to update. What one pulse does on average is computed here, exactly; how the
// devices learn is the library's, from the answer's scene.

import { handle, minus } from '../handle.mjs';
import { Stage } from '../stage.mjs';
import { el, path, oneLine } from '../svg.mjs';

const LARGEST = 2.9; // what a step can be at most where one is drawn, in units of range over states
const RUNGS = Array.from({ length: 9 }, (_, k) => -0.8 + 0.2 * k); // weights at which steps are drawn

/** Mean size of a step up and of one down, as mean_steps of the explorer gives them. */
export function steps(weight, centre, states) {
  const step = 2 / states;
  return [step * (1 + centre) * (1 - weight), step * (1 - centre) * (1 + weight)];
}

const signed = (value) => minus(value.toFixed(2)).replace('\u22120.00', '0.00');

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
    name: 'Devices that learn a weight: target, symmetry point and the number of updates can be moved',
    hint: 'Drag target and symmetry point up or down, and the updates below, or use the arrow keys.',
    free: ['updates'],
  });
  const { controls: { target, centre, updates }, svg, said } = stage;
  let frame = null; // the parts, for a width

  function build(wide) {
    const [all, high] = wide ? [634, 282] : [340, 316];
    const plot = wide ? { left: 116, right: 490, top: 26, foot: 226 } : { left: 86, right: 244, top: 26, foot: 240 };
    const swarm = wide ? [528, 590] : [272, 318];
    stage.size(all, high);
    const perWeight = (plot.foot - plot.top) / 2;
    const perUpdate = (plot.right - plot.left) / updates.high;
    const x = (update) => plot.left + update * perUpdate;
    const y = (weight) => (plot.top + plot.foot) / 2 - weight * perWeight;
    const axis = el('g', { class: 'aimc-scale' });
    for (const weight of [-1, -0.5, 0, 0.5, 1]) {
      axis.append(el('line', { x1: plot.left, x2: all - 4, y1: y(weight), y2: y(weight) }), oneLine(30, y(weight) + 4, minus(String(weight)), { anchor: 'end' }));
    }
    for (const update of [0, updates.high / 2, updates.high]) {
      axis.append(el('line', { x1: x(update), x2: x(update), y1: plot.top, y2: plot.foot }), oneLine(x(update), plot.foot + 16, update, { anchor: 'middle' }));
    }
    const rungs = [plot.left - (wide ? 58 : 40), plot.left - (wide ? 36 : 22)];
    axis.append(
      oneLine((rungs[0] + rungs[1]) / 2, 13, 'steps', { anchor: 'middle' }), oneLine((plot.left + plot.right) / 2, 13, 'mean weight', { anchor: 'middle' }),
      oneLine(swarm[0], 13, wide ? 'at once' : 'plain', { anchor: 'middle' }), oneLine(swarm[1], 13, 'rule', { anchor: 'middle' }),
    );
    const arrows = RUNGS.map(() => [0, 1].map((k) => el('path', { class: `aimc-step-${['up', 'down'][k]}` })));
    const lanes = [0, 1].map((k) => ({
      band: el('path', { class: `aimc-lane-band aimc-lane-${k}` }),
      line: el('path', { class: `aimc-lane aimc-lane-${k}` }),
      dots: el('g', { class: `aimc-lane-dots aimc-lane-${k}` }),
    }));
    const cursor = el('path', { class: 'aimc-cursor' });
    const lines = ['aimc-line-target', 'aimc-line-centre'].map((name) => el('path', { class: name }));
    const names = [oneLine(plot.right - 14, 0, 'target', { anchor: 'end' }), oneLine(plot.left + 14, 0, 'symmetry point')];
    const lever = (control, at, said_, ball) => {
      const grip = el('rect', { class: 'aimc-grip', x: at - 20, width: 40, height: 36 });
      const made = handle([grip, ball], said_, {
        up: { range: control, get: () => read()[control.name], at: (event) => -stage.pointer(event)[1] / perWeight },
      }, ({ up }) => write({ [control.name]: up }), { words: () => read()[control.name].toFixed(1) });
      return { ...made, show(value) {
        grip.setAttribute('y', y(value) - 18);
        ball.setAttribute('cy', y(value));
        made.tell();
      } };
    };
    const levers = [
      lever(target, plot.right, 'Target', el('circle', { cx: plot.right, r: 8 })),
      lever(centre, plot.left, 'Symmetry point', el('circle', { cx: plot.left, r: 8 })),
    ];
    const strip = plot.foot + 34;
    const ball = el('circle', { class: 'aimc-moment', cy: strip, r: 8 });
    const time = handle([
      el('rect', { class: 'aimc-grip', x: plot.left - 10, y: strip - 14, width: plot.right - plot.left + 20, height: 28 }),
      el('path', { class: 'aimc-track', d: `M${x(0)} ${strip}H${x(updates.high)}` }), ball,
    ], 'Updates so far', {
      across: { range: updates, get: () => read().updates, at: (event) => (stage.pointer(event)[0] - plot.left) / perUpdate },
    }, ({ across }) => write({ updates: across }), { jump: true, words: spoken });
    const facts = wide ? [] : [oneLine(all / 2, strip + 32, '', { anchor: 'middle' })];
    svg.replaceChildren(
      axis, ...arrows.flat(), ...lanes.flatMap(({ band, line }) => [band, line]), ...lines, cursor,
      ...lanes.map(({ dots }) => dots), ...names, time.part, ...levers.map(({ part }) => part), ...facts,
    );
    frame = { wide, all, plot, swarm, x, y, rungs, arrows, lanes, cursor, lines, names, levers, ball, time, facts };
  }

  function spoken() {
    const state = read();
    const scene = stage.scene(state);
    if (!scene) return `${state.updates} updates`;
    const k = Math.round(state.updates / updates.step);
    return `${state.updates} updates: ${scene.lanes.map(({ name, mean }) => `${name} ${signed(mean[k])}`).join(', ')}`;
  }

  function draw({ state, scene: { lanes }, known, computed }) {
    const { all, plot, swarm, x, y, rungs, wide } = frame;
    const arrow = (at, from, length) => `M${at - 4} ${from}h8L${at} ${from - length}Z`;
    const scale = ((plot.foot - plot.top) / 10 - 1) / ((LARGEST * 2) / state.states);
    RUNGS.forEach((weight, k) => {
      const [up, down] = steps(weight, state.centre, state.states);
      frame.arrows[k][0].setAttribute('d', arrow(rungs[0], y(weight) + 8, up * scale));
      frame.arrows[k][1].setAttribute('d', arrow(rungs[1], y(weight) - 8, -down * scale));
    });
    const at = Math.round((known ? state.updates : computed.updates) / updates.step);
    lanes.forEach((lane, i) => {
      const { band, line, dots } = frame.lanes[i];
      const points = (values) => values.map((value, k) => [x(k * updates.step), y(value)]);
      line.setAttribute('d', path(points(lane.mean)));
      band.setAttribute('d', `${path([...points(lane.low), ...points(lane.high).reverse()])}Z`);
      const seen = lane.devices_percent[at];
      dots.replaceChildren(...seen.map((percent, k) => el('circle', { cx: swarm[i] + ((k % 8) - 3.5) * (wide ? 5 : 4), cy: y(percent / 100), r: 3 })));
    });
    [state.target, state.centre].forEach((value, k) => {
      frame.lines[k].setAttribute('d', `M${plot.left} ${y(value)}H${all - 4}`);
      frame.names[k].setAttribute('y', y(value) + (k ? 16 : -8));
      frame.levers[k].show(value);
    });
    frame.cursor.setAttribute('d', `M${x(state.updates)} ${plot.top}V${plot.foot}`);
    frame.ball.setAttribute('cx', x(state.updates));
    frame.time.tell();
    const means = lanes.map(({ name, mean }) => [name, signed(mean[at])]);
    said.textContent = known
      ? `After ${state.updates} updates: ${means.map(([name, mean]) => `${name} ${mean}`).join(', ')} on average, for a target of ${signed(state.target)}.`
      : 'Python has not computed these devices yet; curves and dots are the last ones, the steps are right.';
    said.hidden = known && !wide;
    if (!wide) frame.facts[0].textContent = known ? `${state.updates} updates: plain ${means[0][1]}, rule ${means[1][1]}` : '';
  }

  return stage.drawn(draw, build);
}
