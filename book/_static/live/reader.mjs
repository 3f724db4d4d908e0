// Reads values off a drawn chart: under the pointer, and by keyboard along its points.

import { make } from './controls.mjs';
import { barsOf } from './marks.mjs';
import { short } from './scales.mjs';
import { el } from './svg.mjs';

const REACH = 40; // px from a point at which the pointer still means it
const finite = (...values) => values.every(Number.isFinite);

function named(label, value) {
  return label ? `${label}: ${value}` : value;
}

/** Every value of a chart as { x, y, wide, high, lines } in px, by series; each series in order of x. */
export function readings({ chart, axes }) {
  const inside = (axis, value) => {
    const [a, b] = [...axis.domain].sort((p, q) => p - q);
    const slack = 1e-6 * Math.abs(b - a);
    return value >= a - slack && value <= b + slack;
  };
  const places = barsOf(chart);
  const all = [];
  for (const mark of chart.marks) {
    if (mark.kind === 'line' || mark.kind === 'points') all.push(alongCurve(mark, chart, axes, inside));
    else if (mark.kind === 'bars') all.push(bars(mark, places.shift(), chart, axes));
    else if (mark.kind === 'heatmap') all.push(...cells(mark, chart, axes));
    else if (mark.kind === 'boxes') all.push(boxes(mark, axes));
  }
  return all.filter((series) => series.length);
}

function alongCurve(mark, chart, axes, inside) {
  const points = mark.x.map((x, i) => {
    const y = mark.y[i];
    if (!finite(x, y) || !inside(axes.x, x) || !inside(axes.y, y)) return null;
    const lines = [mark.names?.[i] && !chart.y_names?.length ? named(mark.label, mark.names[i]) : mark.label];
    lines.push(named(chart.x_label || 'x', short(x)));
    lines.push(chart.y_names?.length ? chart.y_names[y] : named(chart.y_label || 'y', short(y)));
    if (mark.low?.length && mark.high?.length) lines.push(`${short(mark.low[i])} to ${short(mark.high[i])}`);
    return { x: axes.x.at(x), y: axes.y.at(y), lines };
  });
  return points.filter((point) => point && finite(point.x, point.y)).sort((a, b) => a.x - b.x);
}

function bars(mark, places, chart, axes) {
  const floor = axes.y.kind === 'log' ? axes.y.domain[0] : -Infinity;
  const read = places.map((bar, i) => {
    const [foot, head] = [axes.y.at(Math.max(bar.foot, floor)), axes.y.at(Math.max(bar.head, floor))];
    const wide = axes.x.at(bar.middle + bar.wide / 2) - axes.x.at(bar.middle - bar.wide / 2);
    const value = bar.error ? `${short(bar.height)} ± ${short(bar.error)}` : short(bar.height);
    const lines = [mark.categories[i].replaceAll('\n', ' '), mark.label, named(chart.y_label, value)];
    return { x: axes.x.at(bar.middle), y: head, left: axes.x.at(bar.middle) - wide / 2, top: Math.min(foot, head), wide, high: Math.abs(foot - head), lines };
  });
  return read.filter((bar) => finite(bar.x, bar.y));
}

/** A heatmap: one series per row. */
function cells(mark, chart, axes) {
  const [wide, high] = [Math.abs(axes.x.at(1) - axes.x.at(0)), Math.abs(axes.y.at(1) - axes.y.at(0))];
  return mark.values.map((row, i) => row.map((value, j) => {
    const [x, y] = [axes.x.at(j), axes.y.at(i)];
    const place = [named(chart.y_label || 'row', mark.rows[i] || i), named(chart.x_label || 'column', mark.columns[j] || j)];
    return { x, y, left: x - wide / 2, top: y - high / 2, wide, high, lines: [...place, named(mark.label, short(value))] };
  }));
}

function boxes(mark, axes) {
  const wide = Math.abs(axes.x.at(mark.width) - axes.x.at(0));
  const high = Math.abs(axes.y.at(mark.height) - axes.y.at(0));
  const read = mark.x.map((value, i) => {
    const [x, y] = [axes.x.at(value), axes.y.at(mark.y[i])];
    const lines = [mark.names[i] || mark.texts[i] || mark.label];
    if (mark.values.length) lines.push(named(mark.label, short(mark.values[i])));
    return { x, y, left: x - wide / 2, top: y - high / 2, wide, high, lines };
  });
  return read.filter((box) => finite(box.x, box.y) && box.lines.some(Boolean));
}

/** Distance in px from a place to a value; a dot on a bar wins over the bar. */
function distance(value, x, y) {
  if (value.left === undefined) return Math.hypot(value.x - x, value.y - y);
  const across = Math.max(value.left - x, 0, x - value.left - value.wide);
  const up = Math.max(value.top - y, 0, y - value.top - value.high);
  // Of boxes within each other the smallest is meant.
  return Math.hypot(across, up) + 6 + Math.min(2, (value.wide * value.high) / 1e5);
}

/**
 * Put a chart into a box that reads its values.
 *
 * @param svg what `render` has returned
 * @param status an element with role=status that says what the keyboard has reached
 * @returns the box
 */
export function readable(svg, status) {
  const series = readings(svg.aimcChart);
  const title = svg.aimcChart.chart.title || 'Chart';
  // The box has the name and says the values: the browser's own hints would cover it.
  svg.querySelectorAll('title').forEach((hint) => hint.remove());
  svg.removeAttribute('aria-labelledby');
  svg.removeAttribute('aria-describedby');
  svg.setAttribute('aria-label', title);
  const box = make('div', { class: 'aimc-chart-box' }, svg);
  if (!series.length) return box;
  const tip = make('div', { class: 'aimc-tip', 'aria-hidden': 'true', hidden: '' });
  const ring = el('g', { class: 'aimc-reading' });
  svg.append(ring);
  box.append(tip);
  for (const [name, value] of Object.entries({
    tabindex: '0', role: 'application', 'aria-roledescription': 'chart',
    'aria-label': `${title}. Arrow keys read its values, Escape ends.`,
  })) box.setAttribute(name, value);
  let at = null;

  const clear = () => {
    at = null;
    ring.replaceChildren();
    tip.hidden = true;
  };
  const show = (found, aloud) => {
    at = found;
    const value = series[found.s][found.i];
    const lines = value.lines.filter(Boolean);
    const mark = value.left === undefined
      ? { tag: 'circle', cx: value.x, cy: value.y, r: 7 }
      : { tag: 'rect', x: value.left, y: value.top, width: value.wide, height: value.high };
    const { tag, ...shape } = mark;
    ring.replaceChildren(el(tag, { class: 'aimc-ring-edge', ...shape }), el(tag, { class: 'aimc-ring', ...shape }));
    tip.replaceChildren(...lines.map((line) => make('div', {}, line)));
    tip.hidden = false;
    const room = svg.getBoundingClientRect();
    const scaled = room.width / svg.viewBox.baseVal.width;
    const left = Math.min(Math.max(0, value.x * scaled - tip.offsetWidth / 2), Math.max(0, room.width - tip.offsetWidth));
    const above = value.y * scaled - tip.offsetHeight - 12;
    tip.style.left = `${left}px`;
    tip.style.top = `${above >= -tip.offsetHeight / 2 ? above : value.y * scaled + 14}px`;
    if (aloud) status.textContent = lines.join(', ');
  };
  const nearest = (x, y) => {
    let best = null;
    series.forEach((values, s) => values.forEach((value, i) => {
      const away = distance(value, x, y);
      if (away <= REACH && (!best || away <= best.away)) best = { s, i, away };
    }));
    return best;
  };
  const point = (event) => {
    const room = svg.getBoundingClientRect();
    const scaled = svg.viewBox.baseVal.width / room.width;
    const found = nearest((event.clientX - room.left) * scaled, (event.clientY - room.top) * scaled);
    if (found) show(found, false);
    else clear();
  };
  svg.addEventListener('pointermove', point);
  svg.addEventListener('pointerdown', point);
  svg.addEventListener('pointerleave', (event) => { if (event.pointerType === 'mouse') clear(); });
  box.addEventListener('blur', clear);
  box.addEventListener('keydown', (event) => {
    const next = moved(series, at, event.key);
    if (event.key === 'Escape') clear();
    if (!next || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    show(next, true);
  });
  return box;
}

/** Where a key leads: along a series, or to the place nearest in x on another one. */
function moved(series, at, key) {
  const along = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[key];
  const across = { ArrowUp: -1, ArrowDown: 1 }[key];
  if (along === undefined && across === undefined) return null;
  if (!at) return { s: 0, i: key === 'End' ? series[0].length - 1 : 0 };
  const within = (value, length) => Math.min(Math.max(value, 0), length - 1);
  if (along !== undefined) return { s: at.s, i: within(at.i + along, series[at.s].length) };
  const s = within(at.s + across, series.length);
  const { x } = series[at.s][at.i];
  const gaps = series[s].map((value) => Math.abs(value.x - x));
  return { s, i: s === at.s ? at.i : gaps.indexOf(Math.min(...gaps)) };
}
