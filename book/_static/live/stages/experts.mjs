// A prompt on its way through the stack: the time is dragged along the way of one token, and another is
// followed by touching it. What stands at each moment the library has computed, for all steps at once.

import { make } from '../controls.mjs';
import { handle } from '../handle.mjs';
import { roving } from '../roving.mjs';
import { Stage } from '../stage.mjs';
import { el, oneLine } from '../svg.mjs';

const WIDE = 340; // px of the drawing
const EDGE = 4;
const [CHIP, LINE] = [21, 16]; // px from token to token, and tokens of a row
const [STACK, STEP] = [136, 9]; // px of the height of the stack, and of a step of the way
const BEAT = 90; // ms of a moment, while time runs
const STATES = { w: 'waits', r: 'at work', d: 'through' };
const MICRO = 1e-6;

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
    name: 'The stack at a moment, and the way of one token',
    hint: 'Drag the time along the way of the token; touch another token, or a tier that works for it, to follow that one. Arrow keys do the same.',
    said: 'div',
    free: ['moment'],
  });
  const { controls: { moment }, svg } = stage;
  let scene = null;
  const [left, right] = [EDGE, WIDE - EDGE];
  const tokens = el('g', { role: 'radiogroup', 'aria-label': 'Token to follow' });
  const [stack, steps] = [el('g'), el('g')];
  const [grip, beam, knob] = [el('rect', { class: 'aimc-grip', x: left, width: right - left }), el('path', { class: 'aimc-aim' }), el('circle', { r: 9 })];

  const frameOf = (state) => {
    const k = Math.round((state.moment - moment.low) / moment.step);
    const { energy, busy, tokens: states, doing, words } = scene;
    return { now: (state.moment / 100) * scene.end, energy: energy[k], busy: busy[k], tokens: states[k], doing: words[doing[k]] };
  };
  const followed = (state) => Math.min(state.token, state.tokens) - 1;
  const at = (share) => left + ((share - moment.low) / (moment.high - moment.low)) * (right - left);
  const { part: time, tell } = handle([grip, beam, knob], moment.label,
    { across: {
      range: moment,
      get: () => read().moment,
      at: (event) => moment.low + ((stage.pointer(event)[0] - left) / (right - left)) * (moment.high - moment.low),
    } },
    ({ across }) => write({ moment: across }),
    { jump: true, words: () => `${read().moment}%, ${clock(read())}, ${frameOf(read()).doing}` });
  svg.append(tokens, stack, steps, time);

  const clock = (state) => `${(frameOf(state).now / MICRO).toFixed(1)} µs`;
  const follow = (k) => {
    write({ token: k + 1 });
    tokens.children[followed(read())].focus({ preventScroll: true }); // there may be fewer by now
  };
  roving(tokens, { columns: LINE, count: () => read().tokens, chosen: () => followed(read()), choose: follow });

  stage.runner('Let time run', BEAT, () => {
    const { moment: now } = read();
    write({ moment: now < moment.high ? now : moment.low });
  }, () => {
    const now = Math.min(read().moment + moment.step, moment.high);
    write({ moment: now });
    return now < moment.high;
  });
  const [own, all] = [make('p', {}), make('p', {})];
  stage.said.append(own, all);

  function drawTokens(state, frame) {
    const mine = followed(state);
    while (tokens.children.length > state.tokens) tokens.lastChild.remove();
    for (let k = tokens.children.length; k < state.tokens; k += 1) {
      const chip = el('g', { class: 'aimc-token', role: 'radio', transform: `translate(${left + (k % LINE) * CHIP} ${EDGE + Math.floor(k / LINE) * (CHIP + 1)})` },
        el('rect', { width: CHIP - 3, height: CHIP - 2, rx: 4 }), oneLine((CHIP - 3) / 2, 14.5, k + 1, { anchor: 'middle' }));
      chip.addEventListener('click', () => follow(k));
      tokens.append(chip);
    }
    [...tokens.children].forEach((chip, k) => {
      const doing = frame.tokens[k] ?? 'w';
      chip.setAttribute('tabindex', k === mine ? 0 : -1);
      chip.setAttribute('aria-checked', k === mine);
      chip.setAttribute('aria-label', `Token ${k + 1}, ${STATES[doing]}`);
      chip.dataset.doing = doing;
    });
  }

  function drawStack(state, frame, top) {
    const busy = new Map(frame.busy);
    const across = Math.min((right - left) / scene.tiles, 34);
    const up = STACK / scene.tiers;
    const from = (WIDE - across * scene.tiles) / 2;
    const lettered = across > 18 && up > 12;
    stack.replaceChildren(...scene.parts.flatMap(([tile, tier, letters], k) => {
      const token = busy.get(k);
      const kind = token === undefined ? 'rests' : token === followed(state) ? 'own' : 'other';
      const [x, y] = [from + tile * across, top + STACK - (tier + 1) * up];
      const cell = el('rect', { class: `aimc-tier aimc-tier-${kind}`, x: x + 0.5, y: y + 0.5, width: Math.max(across - 1.5, 1), height: Math.max(up - 1.5, 1), 'data-part': k });
      if (kind === 'other') cell.addEventListener('click', () => follow(token));
      return [cell, kind !== 'rests' && lettered && oneLine(x + across / 2, y + up / 2 + 4.5, letters, { anchor: 'middle', class: 'aimc-tier-letters' })].filter(Boolean);
    }));
  }

  function drawWay(frame, top, bottom) {
    const x = (t) => left + (t / scene.end) * (right - left);
    const layers = new Map();
    steps.replaceChildren(...scene.way.flatMap(([name, ready, start, done], k) => {
      const y = top + k * STEP;
      const layer = name.split(':')[0];
      if (!layers.has(layer)) layers.set(layer, [y, x(ready)]);
      const now = ready <= frame.now && frame.now < done;
      return [
        el('path', { class: 'aimc-wait', d: `M${x(ready)} ${y + STEP / 2}H${x(start)}` }),
        el('rect', { class: 'aimc-served', x: x(start), y: y + 1, width: Math.max(x(done) - x(start), 1), height: STEP - 2, 'data-now': now ? '' : undefined }),
      ];
    }));
    for (const [layer, [y, from]] of layers) {
      const early = from < WIDE / 2;
      steps.append(oneLine(early ? right : left, y + 12, `layer ${layer}`, { anchor: early ? 'end' : 'start' }));
    }
    grip.setAttribute('y', top - 4);
    grip.setAttribute('height', bottom - top + 4);
  }

  function draw({ state, scene: now }) {
    scene = now;
    const frame = frameOf(state);
    const stackTop = EDGE + Math.ceil(state.tokens / LINE) * (CHIP + 1) + 6;
    const wayTop = stackTop + STACK + 10;
    const bottom = wayTop + scene.way.length * STEP + 20;
    stage.size(WIDE, bottom + 2);
    drawTokens(state, frame);
    drawStack(state, frame, stackTop);
    drawWay(frame, wayTop, bottom);
    beam.setAttribute('d', `M${at(state.moment)} ${wayTop - 4}V${bottom - 10}`);
    knob.setAttribute('cx', at(state.moment));
    knob.setAttribute('cy', bottom - 9);
    tell();
    own.textContent = `${clock(state)}: token ${followed(state) + 1} ${frame.doing}.`;
    const count = frame.busy.length;
    all.textContent = `${count} ${count === 1 ? 'tier is' : 'tiers are'} at work; the network has taken ${(frame.energy / MICRO).toFixed(0)} µJ so far.`;
  }

  return stage.drawn(draw);
}
