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

const unit = (label) => label.replace(/\s+/g, ' ').trim();

/** What a chart shows, in words made from its data: its name for those who do not see it. */
function described(chart, series) {
  const names = chart.marks.map((mark) => mark.label).filter(Boolean);
  const axes = [chart.y_label, chart.x_label].filter(Boolean).map(unit).join(' against ');
  const values = series.flat().length;
  const what = [axes, [...new Set(names)].map(unit).join(', '), values === 1 ? 'one value' : `${values} values`];
  return `${unit(chart.title || 'Chart')}: ${what.filter(Boolean).join('; ')}.`;
}

/**
 * Put a chart into a box that reads its values.
 *
 * @param svg what `render` has returned
 * @param status an element with role=status that says what the keyboard has reached
 * @param box the box of the chart that this one replaces: pointer, focus and place stay in it
 * @returns the box
 */
export function readable(svg, status, box = undefined) {
  const reader = box?.aimcReader ?? new Reader(status);
  reader.put(svg);
  return reader.box;
}

/** The box of a chart and the place in it that is being read. */
class Reader {
  constructor(status) {
    this.status = status;
    this.box = make('div', { class: 'aimc-chart-box' });
    this.box.aimcReader = this;
    this.tip = make('div', { class: 'aimc-tip', 'aria-hidden': 'true', hidden: '' });
    this.ring = el('g', { class: 'aimc-reading' });
    this.at = null; // the value that is read, as { s, i }
    this.pointer = null; // where the pointer is, in px of the window
    for (const kind of ['pointermove', 'pointerdown']) this.box.addEventListener(kind, (event) => this.point(event));
    this.box.addEventListener('pointerleave', (event) => { if (event.pointerType === 'mouse') this.clear(); });
    this.box.addEventListener('blur', () => this.clear());
    this.box.addEventListener('keydown', (event) => this.key(event));
  }

  put(svg) {
    this.svg = svg;
    this.series = readings(svg.aimcChart);
    // The box has the name and says the values: the browser's own hints would cover it.
    svg.querySelectorAll('title').forEach((hint) => hint.remove());
    svg.removeAttribute('aria-labelledby');
    svg.removeAttribute('aria-describedby');
    svg.setAttribute('aria-label', svg.aimcChart.chart.title || 'Chart');
    this.box.replaceChildren(svg);
    const read = this.series.length > 0;
    const attributes = {
      tabindex: '0', role: 'application', 'aria-roledescription': 'chart',
      'aria-label': `${described(svg.aimcChart.chart, this.series)} Arrow keys read them, Escape ends.`,
    };
    for (const [name, value] of Object.entries(attributes)) {
      if (read) this.box.setAttribute(name, value);
      else this.box.removeAttribute(name);
    }
    if (!read) return;
    svg.append(this.ring);
    this.box.append(this.tip);
    const { at, pointer } = this;
    this.hide();
    // A new answer is read at the same place, once the page has laid it out.
    if (pointer || at) requestAnimationFrame(() => { if (this.svg === svg) this.again(at, pointer); });
  }

  again(at, pointer) {
    if (pointer) this.point(pointer);
    else if (this.series[at.s]?.[at.i]) this.show(at, false);
  }

  hide() {
    this.at = null;
    this.ring.replaceChildren();
    this.tip.hidden = true;
  }

  clear() {
    this.pointer = null;
    this.hide();
  }

  show(found, aloud) {
    this.at = { s: found.s, i: found.i };
    const { svg, tip } = this;
    const value = this.series[found.s][found.i];
    const lines = value.lines.filter(Boolean);
    const { tag, ...shape } = value.left === undefined
      ? { tag: 'circle', cx: value.x, cy: value.y, r: 7 }
      : { tag: 'rect', x: value.left, y: value.top, width: value.wide, height: value.high };
    this.ring.replaceChildren(el(tag, { class: 'aimc-ring-edge', ...shape }), el(tag, { class: 'aimc-ring', ...shape }));
    tip.replaceChildren(...lines.map((line) => make('div', {}, line)));
    tip.hidden = false;
    const room = svg.getBoundingClientRect();
    const scaled = room.width / svg.viewBox.baseVal.width;
    const left = Math.min(Math.max(0, value.x * scaled - tip.offsetWidth / 2), Math.max(0, room.width - tip.offsetWidth));
    const above = value.y * scaled - tip.offsetHeight - 12;
    tip.style.left = `${left}px`;
    tip.style.top = `${above >= -tip.offsetHeight / 2 ? above : value.y * scaled + 14}px`;
    if (aloud) this.status.textContent = lines.join(', ');
  }

  nearest(x, y) {
    let best = null;
    this.series.forEach((values, s) => values.forEach((value, i) => {
      const away = distance(value, x, y);
      if (away <= REACH && (!best || away <= best.away)) best = { s, i, away };
    }));
    return best;
  }

  point({ clientX, clientY }) {
    if (!this.series.length) return;
    this.pointer = { clientX, clientY };
    const room = this.svg.getBoundingClientRect();
    const scaled = this.svg.viewBox.baseVal.width / room.width;
    const found = this.nearest((clientX - room.left) * scaled, (clientY - room.top) * scaled);
    if (found) this.show(found, false);
    else this.hide();
  }

  key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || !this.series.length) return;
    if (event.key === 'Escape') this.clear();
    const next = moved(this.series, this.at, event.key);
    if (!next) return;
    event.preventDefault();
    this.pointer = null;
    this.show(next, true);
  }
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
