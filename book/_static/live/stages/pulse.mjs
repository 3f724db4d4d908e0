// A pulse drawn with the hand, and the cell in section while it runs: the right half shows the phases,
// the left half the temperature. The cell is the library's, frame by frame, from the answer's scene;
// between two frames it changes in a straight line.

import { handle } from '../handle.mjs';
import { css, mapped, SEQUENTIAL } from '../palette.mjs';
import { Stage } from '../stage.mjs';
import { el, oneLine } from '../svg.mjs';

const RISE = 1; // ns, as in the explorer
const [COLD, HOT] = [300, 1500]; // K, the ends of the colours
const [SIGHT, DEEP] = [78, 30]; // nm of the material and of the heater that are seen

/** Where a moment lies among the frames: the one before it, and the share of the way to the next. */
export function between(times, moment) {
  const next = times.findIndex((time) => time >= moment);
  if (next <= 0) return [next < 0 ? times.length - 1 : 0, 0];
  return [next - 1, (moment - times[next - 1]) / (times[next] - times[next - 1])];
}

/** Current, temperature and thicknesses of a scene at a moment (ns). */
export function still(scene, moment) {
  const [k, share] = between(scene.time_ns, moment);
  const at = (values) => values[k] + share * ((values[k + 1] ?? values[k]) - values[k]);
  return { current: at(scene.current_ua), hottest: at(scene.hottest_k), molten: at(scene.molten_nm), glass: at(scene.glass_nm) };
}

/** The colour of a shell of which some per cent are disordered, and some of these molten. */
function mixed(loose, molten) {
  const solid = loose <= 0 ? 'var(--aimc-crystal-fill)' : `color-mix(in srgb, var(--aimc-glass) ${Math.max(loose, molten).toFixed(0)}%, var(--aimc-crystal-fill))`;
  return molten <= 0 ? solid : `color-mix(in srgb, var(--aimc-heater) ${molten.toFixed(0)}%, ${solid})`;
}

/**
 * Build the drawing.
 *
 * @param box where it is to stand
 * @param shell {declaration, read(), write(changes)}
 * @returns {update(state, answer)}, which draws a state
 */
export function mount(box, shell) {
  const { declaration, read, write } = shell;
  const stage = new Stage(box, shell, {
    name: 'The pulse and the cell in section: corners of the pulse and the moment can be moved',
    hint: 'Drag the corners of the pulse, and the moment below it, or use the arrow keys.',
    free: ['moment'],
  });
  const { controls: { amplitude, width, fall, moment }, svg, said } = stage;
  let frame = null; // the parts, for a width

  function build(wide) {
    const [all, high] = wide ? [634, 276] : [340, 354];
    const plot = wide ? { left: 40, right: 326, top: 14, foot: 196 } : { left: 34, right: 330, top: 12, foot: 116 };
    const cell = wide ? { x: 486, y: 178, scale: 1.85 } : { x: 116, y: 282, scale: 1.36 };
    stage.size(all, high);
    const perNano = (plot.right - plot.left) / moment.high;
    const perMicro = (plot.foot - plot.top) / amplitude.high;
    const x = (nano) => plot.left + nano * perNano;
    const y = (micro) => plot.foot - micro * perMicro;
    const nano = (event) => stage.pointer(event)[0] / perNano;
    const axis = el('g', { class: 'aimc-scale' });
    for (const at of [0, 100, 200, 300, 400, 500]) {
      axis.append(el('line', { x1: x(at), x2: x(at), y1: plot.top, y2: plot.foot }),
        oneLine(x(at), plot.foot + 15, at === 500 ? '500 ns' : at, { anchor: 'middle' }));
    }
    for (const at of [0, 200, 400, 600]) {
      axis.append(el('line', { x1: plot.left, x2: plot.right, y1: y(at), y2: y(at) }),
        oneLine(plot.left - 5, y(at) + 4, at, { anchor: 'end' }));
    }
    const what = oneLine(plot.right - 4, plot.top + 12, 'current (µA)', { anchor: 'end' }); // above the line of the moment
    const pulse = el('path', { class: 'aimc-pulse' });
    const grip = () => el('rect', { class: 'aimc-grip', width: 44, height: 44 });
    const [corner, end, ball] = [8, 8, 8].map((r) => el('circle', { r }));
    const state = (name) => () => read()[name];
    const top = handle([grip(), corner], 'End of the flat top', {
      up: { range: amplitude, get: state('amplitude'), at: (event) => -stage.pointer(event)[1] / perMicro },
      across: { range: width, get: state('width'), at: nano },
    }, ({ up, across }) => write({ amplitude: up, width: across }), { words: () => `${read().amplitude} µA, after ${read().width} ns` });
    const edge = handle([grip(), end], 'End of the falling edge', {
      across: { range: fall, get: state('fall'), at: nano },
    }, ({ across }) => write({ fall: across }), { words: () => `${read().fall} ns long` });
    const strip = plot.foot + 33;
    ball.setAttribute('class', 'aimc-moment');
    const track = el('path', { class: 'aimc-track', d: `M${x(0)} ${strip}H${x(moment.high)}` });
    const line = el('path', { class: 'aimc-cursor' });
    const time = handle([
      el('rect', { class: 'aimc-grip', x: plot.left - 10, y: strip - 14, width: plot.right - plot.left + 20, height: 28 }), track, ball,
    ], 'Moment of the last pulse', {
      across: { range: moment, get: state('moment'), at: (event) => (stage.pointer(event)[0] - plot.left) / perNano },
    }, ({ across }) => write({ moment: across }), { jump: true, words: spoken });
    ball.setAttribute('cy', strip);
    const facts = Array.from({ length: wide ? 0 : 6 }, (_, k) => oneLine(232, strip + 38 + k * 21, ''));
    svg.replaceChildren(axis, pulse, line, what, time.part, edge.part, top.part, ...facts);
    frame = { wide, plot, cell, x, y, pulse, corner, end, ball, line, facts, handles: [top, edge, time], section: null };
  }

  /** Half a disc of the material, right or left of the axis; what lies further in covers it. */
  function half({ x, y, scale }, radius, side) {
    const r = radius * scale;
    return `M${x} ${y - r}A${r} ${r} 0 0 ${side > 0 ? 1 : 0} ${x + side * r} ${y}H${x}Z`;
  }

  /** The cell in section: its shells do not move, their colours do. */
  function layOut(scene) {
    const { cell } = frame;
    const { x, y, scale } = cell;
    const [r0, edge, deep] = [scene.radius_nm[0], SIGHT * scale, DEEP * scale];
    const name = `${declaration.name}-sight`;
    const sight = el('clipPath', { id: name }, el('rect', { x: x - edge, y: y - edge, width: 2 * edge, height: edge + deep }));
    const part = el('g', { class: 'aimc-section', 'clip-path': `url(#${name})` });
    part.append(el('rect', { class: 'aimc-section-oxide', x: x - edge, y, width: 2 * edge, height: deep }),
      el('rect', { class: 'aimc-section-crystal', x: x - edge, y: y - edge, width: 2 * edge, height: edge }));
    const seen = scene.radius_nm.slice(0, -1).filter((radius) => radius < 1.5 * SIGHT).length;
    const warm = []; // per cell of the heater from the bottom up, then per shell
    const phase = [];
    const radius = r0 * Math.SQRT2 * scale; // of the heater
    const heater = scene.heater_nm;
    for (let k = heater.length - 2; k >= 0; k -= 1) {
      const place = { y: y + heater[k] * scale, height: (heater[k + 1] - heater[k]) * scale };
      const left = el('rect', { x: x - radius, width: radius, ...place });
      warm.push(left);
      part.append(left, el('rect', { class: 'aimc-section-heater', x, width: radius, ...place }));
    }
    const shells = scene.radius_nm.slice(1, seen + 1).map((outer) => [-1, 1].map((side) => el('path', { d: half(cell, outer, side) })));
    warm.push(...shells.map(([left]) => left));
    phase.push(...shells.map(([, right]) => right));
    part.append(...shells.toReversed().flat());
    const front = el('path', { class: 'aimc-section-front' });
    const outline = el('path', { class: 'aimc-section-edge', d: `M${x - edge} ${y}H${x + edge}M${x - radius} ${y}V${y + deep}M${x + radius} ${y}V${y + deep}M${x} ${y - edge}V${y + deep}` });
    const words = el('g', {},
      oneLine(x - edge + 4, y - edge + 13, 'temperature'), oneLine(x + edge - 4, y - edge + 13, 'phase', { anchor: 'end' }),
      oneLine(x + radius + 5, y + deep - 6, 'heater'));
    part.append(front, outline);
    const group = el('g', {}, sight, part, words, legend());
    frame.section?.group.remove();
    svg.prepend(group);
    frame.section = { group, warm, phase, front, of: String(scene.radius_nm) };
  }

  /** What the colours mean, below the section. */
  function legend() {
    const { cell: { x, y, scale }, wide } = frame;
    const foot = y + DEEP * scale + (wide ? 8 : 5);
    const left = x - SIGHT * scale;
    const group = el('g');
    const room = SIGHT * scale - 8;
    for (let k = 0; k < 24; k += 1) group.append(el('rect', { x: left + (k * room) / 24, y: foot, width: room / 24 + 0.5, height: 8, fill: css(mapped(SEQUENTIAL, k / 23)) }));
    group.append(oneLine(left, foot + 21, `${COLD}`), oneLine(left + room, foot + 21, `${HOT} K`, { anchor: 'end' }));
    [['crystal', 0, 0.4], ['glass', 0.42, 0.34], ['melt', 0.78, 0.25]].forEach(([phase, from, share]) => {
      const at = x + 4 + from * room;
      group.append(el('rect', { class: `aimc-section-${phase}`, x: at, y: foot, width: share * room, height: 8 }), oneLine(at, foot + 21, phase));
    });
    return group;
  }

  function spoken() {
    const state = read();
    const scene = stage.scene(state);
    if (!scene) return `${state.moment} ns`;
    const { hottest, molten, glass } = still(scene, state.moment);
    return `${state.moment} ns: ${hottest.toFixed(0)} K, ${molten.toFixed(1)} nm molten, ${glass.toFixed(1)} nm glass`;
  }

  /** How far out a scene is above its melting temperature, nm; zero if nowhere. */
  function melting(scene, warmth, heaters) {
    const centre = (k) => (scene.radius_nm[k] + scene.radius_nm[k + 1]) / 2;
    const shells = warmth.slice(heaters);
    for (let k = shells.length - 1; k >= 0; k -= 1) {
      if (shells[k] < scene.melting_k) continue;
      const out = shells[k + 1] ?? COLD;
      return centre(k) + ((shells[k] - scene.melting_k) / (shells[k] - out)) * (centre(Math.min(k + 1, shells.length - 1)) - centre(k));
    }
    return 0;
  }

  function colour(scene, at) {
    const [k, share] = between(scene.time_ns, at);
    const mix = (table) => table[k].map((value, i) => value + share * ((table[k + 1] ?? table[k])[i] - value));
    const { section, cell } = frame;
    const warmth = mix(scene.temperature_k);
    const [molten, loose] = [mix(scene.molten), mix(scene.disordered)];
    section.warm.forEach((part, i) => part.setAttribute('fill', css(mapped(SEQUENTIAL, (warmth[i] - COLD) / (HOT - COLD)))));
    section.phase.forEach((part, i) => { part.style.fill = mixed(loose[i], molten[i]); });
    const out = melting(scene, warmth, scene.heater_nm.length - 1) * cell.scale;
    section.front.setAttribute('d', out ? `M${cell.x - out} ${cell.y}A${out} ${out} 0 0 1 ${cell.x + out} ${cell.y}` : '');
  }

  function draw({ state, scene, known, computed }) {
    const { plot, x, y, pulse, corner, end, ball, line, facts, handles } = frame;
    if (frame.section?.of !== String(scene.radius_nm)) layOut(scene);
    const ends = [RISE, RISE + state.width, RISE + state.width + state.fall];
    pulse.setAttribute('d', `M${x(0)} ${plot.foot}L${x(ends[0])} ${y(state.amplitude)}H${x(ends[1])}L${x(ends[2])} ${plot.foot}Z`);
    for (const [part, at, up] of [[corner, ends[1], state.amplitude], [end, ends[2], 0]]) {
      part.setAttribute('cx', x(at));
      part.setAttribute('cy', y(up));
      part.previousSibling.setAttribute('x', x(at) - 22);
      part.previousSibling.setAttribute('y', up ? y(up) - 22 : plot.foot - 26);
    }
    ball.setAttribute('cx', x(state.moment));
    line.setAttribute('d', `M${x(state.moment)} ${plot.top}V${plot.foot}`);
    colour(scene, known ? state.moment : computed.moment);
    const { current, hottest, molten, glass } = still(scene, state.moment);
    const short = (value) => value.toPrecision(3);
    const lines = [
      `at ${state.moment} ns, ${current.toFixed(0)} µA`, `hottest: ${hottest.toFixed(0)} K`, `melt: ${molten.toFixed(1)} nm`, `glass: ${glass.toFixed(1)} nm`,
      'a read, afterwards:', `${short(scene.after_us)} µS`,
    ];
    facts.forEach((one, k) => { one.textContent = known ? lines[k] : ['not', 'computed', 'yet'][k] ?? ''; });
    const which = state.pulses > 1 ? ` of pulse ${state.pulses}` : '';
    said.textContent = known
      ? `At ${state.moment} ns${which}: ${hottest.toFixed(0)} K in the hottest shell, ${molten.toFixed(1)} nm of melt, ${glass.toFixed(1)} nm of glass. A read finds ${short(scene.before_us)} µS before and ${short(scene.after_us)} µS after it.`
      : `Python has not computed this pulse yet; the cell is that of ${computed.amplitude} µA, ${computed.width} ns and an edge of ${computed.fall} ns.`;
    said.hidden = known && !frame.wide;
    for (const one of handles) one.tell();
  }

  return stage.drawn(draw, build);
}
