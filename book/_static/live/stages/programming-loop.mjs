// The loop played: the reader chooses each pulse, and the controller then plays the same device. What
// the device answers is the library's; the page itself computes the curve of the median device alone.

import { make } from '../controls.mjs';
import { handle } from '../handle.mjs';
import { Stage } from '../stage.mjs';
import { el, path, oneLine } from '../svg.mjs';

const [WIDE, HIGH] = [340, 232]; // px of the drawing
const [LEFT, RIGHT, TOP, FOOT] = [34, 332, 10, 184]; // px of the plane of currents and conductances
const ROOM = 1.25; // of the median SET state, for devices that conduct more
const STEP = 0.5; // % of the largest current, of a key
const BEAT = 700; // ms between two pulses of a replay; by hand where motion is not wanted
const [MICRO, NANO] = [1e-6, 1e-9];

/** Conductance (S) of the median device after a melting pulse (A). */
export function curve({ g_set: set, g_reset: reset, i_half: half, width }, current) {
  return reset + (set - reset) / (1 + Math.exp((current - half) / width));
}

const given = (hand) => hand.flat().filter((share) => share > 0);
const tabled = (shares, hand) => hand.map((row, i) => row.map((_, j) => shares[i * row.length + j] ?? 0));

/** How many of the first pulses of two sequences are the same. */
function common(a, b) {
  const end = a.findIndex((share, k) => share !== b[k]);
  return end < 0 ? a.length : end;
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
    name: 'Reads of your device against the currents of its pulses',
    hint: 'Be the controller: choose a current with the pointer or the arrow keys, give a pulse, and bring the read into the band.',
    said: 'div',
  });
  const { controls, svg, said } = stage;
  stage.size(WIDE, HIGH);
  const none = controls.hand.value; // no pulses
  const most = none.flat().length;
  const devices = controls.serial.high;
  const calm = window.matchMedia('(prefers-reduced-motion: reduce)');
  let aim = 20; // % of the largest current
  let scene = null;
  let shown = Infinity; // pulses, while a replay runs
  let replay = 0;

  const [frame, band, target, median, plays] = ['g', 'rect', 'path', 'path', 'g'].map((tag) => el(tag));
  band.setAttribute('class', 'aimc-band-target');
  target.setAttribute('class', 'aimc-target');
  median.setAttribute('class', 'aimc-median');
  const grip = el('rect', { class: 'aimc-grip', x: LEFT, y: TOP, width: RIGHT - LEFT, height: FOOT + 24 - TOP });
  const beam = el('path', { class: 'aimc-aim' });
  const knob = el('circle', { cy: FOOT + 12, r: 10 });
  const along = (event) => ((stage.pointer(event)[0] - LEFT) / (RIGHT - LEFT)) * 100;
  const current = (share) => (share / 100) * scene.model.range[1];
  const { part: aimed, tell: tellAim } = handle([grip, beam, knob], 'Current of the next pulse',
    { across: { range: { low: STEP, high: 100, step: STEP }, get: () => aim, at: along } },
    ({ across }) => point(across),
    { jump: true, words: () => `${(current(aim) / MICRO).toFixed(1)} µA, ${aim}% of the largest` });
  aimed.addEventListener('keydown', (event) => {
    if (!['Enter', ' '].includes(event.key) || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    fire();
  });
  svg.append(frame, band, median, target, aimed, plays);

  const x = (amperes) => LEFT + (amperes / scene.model.range[1]) * (RIGHT - LEFT);
  const y = (g) => FOOT - (g / (ROOM * scene.model.g_set)) * (FOOT - TOP);

  function point(to) {
    aim = to;
    const at = x(current(aim));
    beam.setAttribute('d', `M${at} ${TOP}V${FOOT + 2}`);
    knob.setAttribute('cx', at);
    tellAim();
    pulse.textContent = `Pulse of ${(current(aim) / MICRO).toFixed(0)} µA`;
  }

  function fire() {
    const state = read();
    const shares = given(state.hand);
    if (shares.length < most) write({ hand: tabled([...shares, aim], state.hand) });
  }

  const pulse = stage.button('Pulse', fire);
  const undo = stage.button('Undo', () => {
    const { hand } = read();
    write({ hand: tabled(given(hand).slice(0, -1), hand) });
  });
  const again = stage.button('Replay', () => {
    clearTimeout(replay);
    if (calm.matches) {
      shown = shown < longest() ? shown + 1 : 1;
      draw();
      return;
    }
    shown = 0;
    const next = () => {
      shown += 1;
      draw();
      if (shown < longest()) replay = setTimeout(next, BEAT);
      else shown = Infinity;
    };
    draw();
    replay = setTimeout(next, BEAT);
  });
  const turn = stage.button('', () => write({ controller: !read().controller }));
  const anew = stage.button('Start over', () => write({ hand: none, controller: false }));
  stage.button('Next device', () => write({ hand: none, controller: false, serial: (read().serial % devices) + 1 }));

  let [state, known] = [null, 0];
  const longest = () => Math.max(known, state.controller ? scene.controller.pulses : 0);

  function axes() {
    const { g_set: set, range } = scene.model;
    const up = ROOM * set > 20 * MICRO ? 10 : 5;
    const marks = [];
    for (let g = 0; g * MICRO < ROOM * set; g += up) {
      marks.push(el('path', { class: 'aimc-level', d: `M${LEFT} ${y(g * MICRO)}H${RIGHT}` }), oneLine(LEFT - 6, y(g * MICRO) + 4, g, { anchor: 'end' }));
    }
    for (let i = 0; i * MICRO <= range[1] * (1 + 1e-9); i += 100) {
      marks.push(oneLine(Math.min(x(i * MICRO), WIDE - 14), FOOT + 38, i, { anchor: 'middle' }));
    }
    marks.push(oneLine(LEFT + 4, TOP + 12, 'read (µS)'), oneLine(RIGHT, TOP + 12, 'current (µA)', { anchor: 'end' }));
    frame.replaceChildren(...marks);
  }

  /** The reads of one play, as dots with one standard deviation up and down, and numbers. */
  function reads(play, kind, count) {
    return play.reads.slice(0, count).flatMap((g, k) => {
      const [across, up] = [x(play.currents[k]), y(g)];
      const spread = play.noise?.[k];
      return [
        spread && el('path', { class: `aimc-noise aimc-play-${kind}`, d: `M${across} ${y(g + spread)}V${y(g - spread)}` }),
        kind === 'hand'
          ? el('circle', { class: 'aimc-play-hand', cx: across, cy: up, r: k === count - 1 ? 5.5 : 4, 'data-read': g })
          : el('path', { class: 'aimc-play-controller', d: `M${across - 5.5} ${up}l5.5 -5.5l5.5 5.5l-5.5 5.5z`, 'data-read': g }),
        oneLine(...(kind === 'hand' ? [across + 10, up - 5] : [across - 10, up + 14]), k + 1, { anchor: 'middle' }),
      ].filter(Boolean);
    });
  }

  function draw() {
    const { model } = scene;
    const unit = model.g_max / 100;
    axes();
    const [top, foot] = [state.target + state.margin, Math.max(state.target - state.margin, 0)].map((share) => y(share * unit));
    for (const [name, value] of Object.entries({ x: LEFT, width: RIGHT - LEFT, y: top, height: foot - top })) band.setAttribute(name, value);
    target.setAttribute('d', `M${LEFT} ${y(state.target * unit)}H${RIGHT}`);
    const currents = Array.from({ length: 81 }, (_, k) => model.i_full + (k / 80) * (model.range[1] - model.i_full));
    median.setAttribute('d', path(currents.map((i) => [x(i), y(curve(model, i))])));
    const shares = given(state.hand);
    plays.replaceChildren(
      oneLine(RIGHT, y(curve(model, model.range[1])) - 6, 'median device', { anchor: 'end' }),
      ...(state.controller ? reads(scene.controller, 'controller', Math.min(shown, scene.controller.pulses)) : []),
      ...reads(scene.hand, 'hand', Math.min(shown, known)),
      // Pulses that Python has not answered yet.
      ...shares.slice(known).map((share) => oneLine(x(current(share)), TOP + 30, '?', { anchor: 'middle' })),
    );
    point(aim);
    pulse.disabled = shares.length >= most;
    for (const one of [undo, anew]) one.disabled = !shares.length;
    again.disabled = !longest();
    turn.textContent = state.controller ? 'Hide the controller' : 'Done: the controller’s turn';
    said.replaceChildren(...tell(shares));
  }

  function tell(shares) {
    if (known < shares.length) return ['The device is asked …'];
    if (state.controller) return [score()];
    const { target: percent, margin, hand } = state;
    const unit = scene.model.g_max / 100 / MICRO;
    const goal = `${(percent * unit).toFixed(2)} ± ${(margin * unit).toFixed(2)} µS`;
    if (!shares.length) return [`Device ${scene.device} of chip ${state.serial} is in its SET state; target ${goal}. The curve is that of the median device.`];
    const [last, spread] = [scene.hand.reads, scene.hand.noise].map((list) => list[known - 1] / MICRO);
    return [`Pulse ${known} of ${hand.flat().length}: read ${last.toFixed(2)} µS (noise ${spread.toFixed(2)}), ${scene.hand.accepted ? 'within' : 'outside'} ${goal}.`];
  }

  function score() {
    const row = (name, { pulses, error, energy, accepted }) => make('tr', {},
      make('th', { scope: 'row', class: `aimc-play-${name === 'you' ? 'hand' : name}` }, name),
      ...[accepted ? pulses : `${pulses}, outside`, (Math.abs(error) / MICRO).toFixed(2), (energy / NANO).toFixed(2)].map((value) => make('td', {}, value)));
    const won = { hand: 'You win', controller: 'The controller wins', nobody: 'A draw' }[scene.winner];
    const head = make('tr', {}, make('td', {}), ...['pulses', 'off by (µS)', 'energy (nJ)'].map((name) => make('th', { scope: 'col' }, name)));
    return make('table', { class: 'aimc-grid aimc-score' }, make('caption', {}, known ? won : 'The controller’s play'), make('thead', {}, head), make('tbody', {},
      ...(known ? [row('you', scene.hand)] : []), row('controller', scene.controller)));
  }

  return stage.drawn(({ state: now, scene: played, computed }) => {
    clearTimeout(replay);
    shown = Infinity;
    [state, scene] = [now, played];
    const same = ['generation', 'serial'].every((name) => now[name] === computed[name]);
    known = same ? common(given(now.hand), given(computed.hand)) : 0;
    draw();
  });
}
