// The crossbar itself, to be taken by hand: a device up or down for its conductance, an input to the
// left or right for its voltage. Twenty products need no Python; a test compares them with the library.

import { handle, minus } from '../handle.mjs';
import { Stage } from '../stage.mjs';
import { el, oneLine } from '../svg.mjs';

const SIZE = 4;
const [LEFT, TOP, PITCH] = [118, 44, 56]; // px of the drawing
const [BARS, BELOW] = [56, 40]; // px for currents above and below zero
const [WIDE, HIGH] = [LEFT + SIZE * PITCH - 4, TOP + (SIZE - 0.5) * PITCH + BARS + BELOW];
const PER_STEP = 2; // px of the hand for one step of a device; an input is where the hand is
const PULL = 44; // px of the largest voltage
const MICRO = 1e-6;
const MILLI = 1e-3;
const PAIR = 'differential pair';

/** Currents of the bit lines and outputs, A, for conductances in µS and voltages in mV. */
export function currents({ conductance, voltage, cell }) {
  const lines = conductance[0].map((_, i) =>
    conductance.reduce((sum, row, j) => sum + row[i] * MICRO * voltage[0][j] * MILLI, 0));
  const outputs = cell === PAIR ? [lines[0] - lines[1], lines[2] - lines[3]] : lines;
  return { lines, outputs };
}

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
    name: 'The crossbar: its devices and inputs can be moved',
    hint: 'Drag a device up or down, an input to the left or right, or use the arrow keys; a finger drags both to the side.',
    free: ['conductance', 'voltage', 'cell'],
  });
  const { conductance: devices, voltage: inputs } = stage.controls;
  const { svg } = stage;
  const x = (i) => LEFT + i * PITCH;
  const y = (j) => TOP + j * PITCH;
  const foot = y(SIZE) - PITCH / 2 + BARS; // of the bars
  stage.size(WIDE, HIGH);
  const changed = (name, j, i, value) => {
    const table = read()[name].map((row) => [...row]);
    table[j][i] = value;
    write({ [name]: table });
  };

  for (let k = 0; k < SIZE; k += 1) {
    svg.append(
      el('line', { class: 'aimc-word-line', x1: 62, x2: x(SIZE - 1) + 22, y1: y(k), y2: y(k) }),
      el('line', { class: 'aimc-bit-line', x1: x(k), x2: x(k), y1: TOP - 24, y2: foot - BARS + 4 }),
      oneLine(x(k), 14, devices.columns[k], { anchor: 'middle' }),
    );
  }
  svg.append(el('line', { class: 'aimc-zero', x1: x(0) - 24, x2: x(SIZE - 1) + 24, y1: foot, y2: foot }));

  const pulled = Array.from({ length: SIZE }, (_, j) => {
    const arrow = el('path', { class: 'aimc-pull' });
    const knob = el('circle', { cy: y(j), r: 9 });
    const said = oneLine(30, y(j) - 14, '', { anchor: 'middle' });
    const grip = el('rect', { class: 'aimc-grip', x: 2, y: y(j) - 26, width: 94, height: 42 });
    const made = handle([grip, arrow, knob, said], `Voltage of ${inputs.columns[j]}`, {
      across: {
        range: inputs,
        get: () => read().voltage[0][j],
        at: (event) => (stage.pointer(event)[0] * inputs.high) / PULL,
      },
    }, ({ across }) => changed('voltage', 0, j, across), { words: () => `${read().voltage[0][j]} mV` });
    svg.append(made.part);
    return { ...made, show(value) {
      const end = 50 + (value / inputs.high) * PULL;
      arrow.setAttribute('d', `M50 ${y(j)}H${end}`);
      knob.setAttribute('cx', end);
      made.part.dataset.sign = Math.sign(value);
      said.textContent = minus(`${value} mV`);
      made.tell();
    } };
  });

  const dots = Array.from({ length: SIZE }, (_, j) => Array.from({ length: SIZE }, (__, i) => {
    const grip = el('rect', { class: 'aimc-grip', x: x(i) - 27, y: y(j) - 27, width: 54, height: 54 });
    const dot = el('circle', { class: 'aimc-device', cx: x(i), cy: y(j) });
    const said = oneLine(x(i) + 20, y(j) - 14, '', { anchor: 'middle' });
    const made = handle([grip, dot, said], `Conductance of ${devices.rows[j]}, ${devices.columns[i]}`, {
      up: {
        range: devices,
        get: () => read().conductance[j][i],
        // A finger moves it to the side, since up and down it scrolls the page.
        at: (event) => {
          const [right, down] = stage.pointer(event);
          return ((right - down) * devices.step) / PER_STEP;
        },
      },
    }, ({ up }) => changed('conductance', j, i, up), { words: () => `${read().conductance[j][i]} µS` });
    svg.append(made.part);
    return { ...made, show(value) {
      dot.setAttribute('r', 3 + 13 * Math.sqrt(value / devices.high));
      said.textContent = value;
      made.tell();
    } };
  }));

  const bars = Array.from({ length: SIZE }, () => {
    const bar = el('rect', { class: 'aimc-beaker', width: 30 });
    const said = oneLine(0, 0, '', { anchor: 'middle', class: 'aimc-current' });
    svg.append(bar, said);
    return (value, at, most, used, name) => {
      const tall = (Math.abs(value) / most) * (value < 0 ? BELOW - 18 : BARS - 24);
      bar.setAttribute('x', at - 15);
      bar.setAttribute('y', value >= 0 ? foot - tall : foot);
      bar.setAttribute('height', tall);
      bar.dataset.sign = Math.sign(value);
      said.setAttribute('x', at);
      said.setAttribute('y', value >= 0 ? foot - tall - 6 : foot + tall + 15);
      said.textContent = used ? minus(`${name}${(value / MICRO).toFixed(2)} µA`) : '';
    };
  });

  return stage.drawn(({ state }) => {
    const { outputs } = currents(state);
    state.voltage[0].forEach((value, j) => pulled[j].show(value));
    state.conductance.forEach((row, j) => row.forEach((value, i) => dots[j][i].show(value)));
    const most = Math.max(...outputs.map(Math.abs), 4 * MICRO); // small currents stay small
    const pair = outputs.length < SIZE;
    bars.forEach((show, k) => {
      const at = pair ? (x(2 * k) + x(2 * k + 1)) / 2 : x(k);
      show(outputs[k] ?? 0, at, most, k < outputs.length, pair ? `y${k + 1} = ` : '');
    });
  });
}
