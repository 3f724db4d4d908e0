// Draws a chart (aimc.plots.Chart as JSON) as SVG: layout, axes, legend. Colours come from live.css.

import { barsOf, dotAt, drawMarks, limits, stopsOf } from './marks.mjs';
import { coloursOf } from './palette.mjs';
import { extent, scale } from './scales.mjs';
import { FONT, LINE, TITLE, el, hint, measure, widest, words, wrap } from './svg.mjs';

const ROOM = { linear: { x: 52, y: 34 }, log: { x: 40, y: 26 } }; // px for one labelled tick
const LEAST = 170; // px, height of the axes unless less is asked for
const NAME_GAP = 6; // px, between the names of two rows
const NAMED = 40; // px, height of a row with a name, for numbers above and below its points
const SLANT = 30; // degrees, of category names that do not fit beside each other
const WIDE = 480; // px of a chart with names at the ends of its curves
const SHARE = 0.27; // of its width, at most, for such names
const KEY = 16; // px from the axes to a name
const APART = 1.3; // rows, how far a name may be from the end of its curve
const COUNTED = 4; // different whole numbers at least on an axis that counts
const TOLD = 6; // px at least between ends of curves that can be told from each other
const SPANS = [
  [1e-9, '1 ns'], [1e-6, '1 µs'], [1e-3, '1 ms'], [1, '1 s'], [60, '1 min'], [3600, '1 h'], [86400, '1 day'],
  [2.592e6, '1 month'], [3.156e7, '1 year'], [3.156e8, '10 years'],
]; // seconds, and their names on an axis of time
const OF_TIME = /^(?:time|gap)\b(.*) \(s\)$/;
let drawn = 0;

const rowHeight = FONT * LINE;
const fold = (angle) => [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)];

const NUMBERS = ['x', 'y', 'low', 'high', 'heights', 'errors', 'values'];

/** JSON has null where Python had no number; null would count as zero here. */
function withGaps(mark) {
  const gaps = (list) => list.map((value) => value ?? NaN);
  const out = { ...mark };
  for (const key of NUMBERS) if (Array.isArray(mark[key]) && !Array.isArray(mark[key][0])) out[key] = gaps(mark[key]);
  if (mark.kind === 'heatmap') out.values = mark.values.map(gaps);
  return out;
}

/** Whether all curves and points have whole numbers along an axis, and so many that they count something. */
function counts(chart, axis) {
  const seen = chart.marks.filter(({ kind }) => kind === 'line' || kind === 'points').flatMap((mark) => mark[axis]);
  const values = new Set(seen.filter(Number.isFinite));
  return values.size >= COUNTED && [...values].every(Number.isInteger);
}

/** Lowest and highest value of both axes. */
function domains(chart) {
  const heat = chart.marks.find((mark) => mark.kind === 'heatmap');
  if (heat) return { x: [-0.5, heat.values[0].length - 0.5], y: [-0.5, heat.values.length - 0.5] };
  const seen = { x: [], y: [] };
  const bars = barsOf(chart).flat();
  for (const bar of bars) {
    seen.x.push(bar.middle - bar.wide / 2, bar.middle + bar.wide / 2);
    seen.y.push(bar.foot, bar.head, bar.head - bar.error, bar.head + bar.error);
  }
  for (const mark of chart.marks) {
    if (mark.kind === 'rule') seen[mark.axis].push(mark.at);
    if (mark.kind === 'boxes') {
      seen.x.push(...mark.x.flatMap((x) => [x - mark.width / 2, x + mark.width / 2]));
      seen.y.push(...mark.y.flatMap((y) => [y - mark.height / 2, y + mark.height / 2]));
    }
    if (mark.kind !== 'line' && mark.kind !== 'points') continue;
    seen.x.push(...mark.x);
    seen.y.push(...mark.y, ...(mark.low ?? []), ...(mark.high ?? []));
  }
  return {
    x: chart.x_range ?? extent(chart.x_scale, seen.x),
    y: chart.y_names?.length ? [-0.5, chart.y_names.length - 0.5] : chart.y_range ?? extent(chart.y_scale, seen.y, bars.length ? 0 : null),
  };
}

/** A logarithmic axis of seconds with the names of spans that fit in place of powers of ten, or null. */
function inSpans(axis, label) {
  if (axis.kind !== 'log' || !OF_TIME.test(label)) return null;
  const [low, high] = axis.domain;
  const ticks = [];
  const spans = SPANS.filter(([value]) => value >= low && value <= high);
  for (const [value, name] of spans) {
    const before = ticks.at(-1);
    const room = before ? (measure(before.label) + measure(name)) / 2 + 10 : 0;
    if (!before || axis.at(value) - axis.at(before.value) >= room) ticks.push({ value, label: name });
    else if (value === spans.at(-1)[0]) ticks.splice(-1, 1, { value, label: name }); // the longest counts more
  }
  return ticks.length > 2 ? { ...axis, ticks, named: true, minor: [...axis.minor, ...axis.ticks.map(({ value }) => value)] } : null;
}

/** Names along an axis instead of numbers, or null. */
function namesAlong(chart, axis) {
  const heat = chart.marks.find((mark) => mark.kind === 'heatmap');
  if (heat) {
    const names = axis === 'x' ? heat.columns : heat.rows;
    const count = axis === 'x' ? heat.values[0].length : heat.values.length;
    return names.length ? names : Array.from({ length: count }, (_, k) => String(k));
  }
  if (axis === 'y') return chart.y_names?.length ? chart.y_names : null;
  return chart.marks.find((mark) => mark.kind === 'bars')?.categories ?? null;
}

/**
 * Category names below the axis: in one or more lines, or slanted where they are too long. Columns
 * may have no name; the others share the room between them.
 */
function arrange(names, slot) {
  const spots = names.flatMap((name, k) => (name.trim() ? [k] : []));
  const gap = Math.min(...spots.slice(1).map((k, i) => k - spots[i]), names.length);
  // Numbered rows and columns may be many: then every second, fifth … is named.
  const every = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((n) => n * gap * slot >= rowHeight * 1.2) ?? 1000;
  const room = slot * gap * every;
  const kept = new Set(spots.filter((_, i) => i % every === 0));
  const folded = names.map((name) => wrap(name, room - 6));
  const slanted = folded.some((lines) => widest(lines) > room - 4 || lines.length > 3);
  const lines = slanted ? names.map((name) => name.split('\n')) : folded;
  const shown = lines.map((text, k) => (kept.has(k) ? text : null));
  const [cos, sin] = fold(SLANT);
  const tall = (text) => (slanted ? widest(text) * sin + text.length * rowHeight * cos : text.length * rowHeight);
  return { lines: shown, slanted, height: Math.max(0, ...shown.filter(Boolean).map(tall)) };
}

/** Marks with a name, in their order. */
function named(chart) {
  const paints = coloursOf(chart.marks);
  return chart.marks
    .map((mark, order) => ({ mark, order, paint: paints[order] }))
    .filter(({ mark }) => mark.label && !mark.values?.length && ['line', 'points', 'bars', 'boxes'].includes(mark.kind));
}

function legend(items, width) {
  const rows = [];
  let x = Infinity;
  for (const item of items) {
    const lines = wrap(item.mark.label, width - 30);
    const wide = 30 + widest(lines) + 14;
    if (x + wide - 14 > width) {
      x = 0;
      rows.push({ items: [], lines: 1 });
    }
    const row = rows.at(-1);
    row.items.push({ ...item, x, text: lines });
    row.lines = Math.max(row.lines, lines.length);
    x += wide;
  }
  return rows;
}

/** What the legend shows, as [order, elements]. */
function drawLegend(rows, top) {
  const found = [];
  let y = top;
  for (const row of rows) {
    for (const { mark, order, paint, x, text } of row.items) {
      const group = [];
      found.push([order, group]);
      const middle = y + rowHeight / 2 - 1;
      if (mark.kind === 'line') {
        group.push(el('path', { class: 'aimc-key', d: `M${x} ${middle}h24`, style: `stroke: ${paint}`, 'stroke-width': 2, 'stroke-dasharray': mark.dashed ? '7 4' : undefined }));
      } else if (mark.kind === 'points') {
        group.push(dotAt(mark.shape, x + 12, middle, { class: 'aimc-key', style: `fill: ${paint}` }));
      } else {
        const outline = mark.filled === false;
        group.push(el('rect', {
          class: outline ? 'aimc-key aimc-outline' : 'aimc-key', x: x + 4, y: middle - 5, width: 16, height: 10,
          style: outline ? undefined : `fill: ${paint}`,
        }));
      }
      group.push(words(text, { x: x + 30, y: y + FONT }));
    }
    y += row.lines * rowHeight + 2;
  }
  return found;
}

/**
 * Curves with the place `at` where they end and the height `y` of their names there, so that none
 * covers another; null where ends lie together, or a name would be too far from its curve.
 */
function ends(curves, axes) {
  const [left, right] = axes.x.range;
  const [bottom, top] = axes.y.range;
  const list = curves.map((curve) => {
    const last = curve.mark.x.findLastIndex((x, i) => Number.isFinite(axes.x.at(x)) && Number.isFinite(axes.y.at(curve.mark.y[i])));
    const at = last < 0 ? null : { x: axes.x.at(curve.mark.x[last]), y: axes.y.at(curve.mark.y[last]) };
    return { ...curve, at, high: curve.text.length * rowHeight };
  });
  if (list.some(({ at }) => !at || at.x < left + 0.93 * (right - left) || at.x > right + 1 || at.y < top - 1 || at.y > bottom + 1)) return null;
  list.sort((a, b) => a.at.y - b.at.y);
  if (list.some(({ at }, k) => k && at.y - list[k - 1].at.y < TOLD)) return null;
  // Both pushed down from the top and pushed up from the bottom they are apart, and so are the means.
  const gap = (k) => (list[k - 1].high + list[k].high) / 2;
  const down = list.map(({ at }) => at.y);
  const up = [...down];
  for (let k = 1; k < list.length; k += 1) down[k] = Math.max(down[k], down[k - 1] + gap(k));
  for (let k = list.length - 1; k > 0; k -= 1) up[k - 1] = Math.min(up[k - 1], up[k] - gap(k));
  list.forEach((curve, k) => { curve.y = (down[k] + up[k]) / 2; });
  return list.every(({ at, y }) => Math.abs(y - at.y) <= APART * rowHeight) ? list : null;
}

/** Names at the ends of curves, as [order, elements]. */
function drawEnds(list, edge) {
  return list.map(({ mark, order, paint, at, y, text }) => {
    const d = `M${edge + 1} ${at.y}L${edge + KEY - 4} ${y}`;
    const key = el('path', { class: 'aimc-key', d, style: `stroke: ${paint}`, 'stroke-width': 2, 'stroke-dasharray': mark.dashed ? '4 3' : undefined });
    return [order, [key, words(text, { x: edge + KEY, y: y + 0.36 * FONT - ((text.length - 1) * rowHeight) / 2 })]];
  });
}

/** One axis: grid, ticks, numbers or names. */
function drawAxis(axis, own, other, names, grid) {
  const group = el('g', { class: `aimc-axis aimc-axis-${axis}` });
  const flat = axis === 'x';
  const [edge, far] = other.range;
  const stroke = (value, length, className) => {
    const at = own.at(value);
    return el('line', flat
      ? { class: className, x1: at, x2: at, y1: edge, y2: edge + length }
      : { class: className, x1: edge, x2: edge - length, y1: at, y2: at });
  };
  const tick = (value, lines, slanted) => {
    const at = own.at(value);
    const mark = el('g', { class: 'aimc-tick', 'data-value': value });
    if (grid) mark.append(stroke(value, (flat ? 1 : -1) * (far - edge), 'aimc-grid'));
    mark.append(stroke(value, 4, 'aimc-stroke'));
    if (flat && slanted) {
      mark.append(words(lines, { x: at + 4, y: edge + 16, anchor: 'end', turn: -SLANT }));
    } else if (flat) {
      mark.append(words(lines, { x: at, y: edge + 6 + FONT, anchor: 'middle' }));
    } else {
      const first = at + 0.36 * FONT - ((lines.length - 1) * rowHeight) / 2;
      mark.append(words(lines, { x: edge - 7, y: first, anchor: 'end' }));
    }
    group.append(mark);
  };
  if (names) {
    names.lines.forEach((lines, k) => lines && tick(k, lines, names.slanted));
  } else {
    for (const value of own.minor) group.append(stroke(value, 2.5, 'aimc-stroke'));
    for (const { value, label } of own.ticks) tick(value, [label], false);
  }
  return group;
}

function drawColourBar(mark, axes, x, id) {
  const [bottom, top] = axes.y.range;
  const domain = limits(mark);
  const own = { ...scale('linear', domain, [bottom, top], ROOM.linear.y), range: [bottom, top] };
  const stops = stopsOf(mark);
  const gradient = el('linearGradient', { id: `${id}-colours`, x1: 0, x2: 0, y1: 1, y2: 0 });
  stops.forEach((colour, k) => gradient.append(el('stop', { offset: k / (stops.length - 1), 'stop-color': colour })));
  const group = el('g', { class: 'aimc-colours' }, gradient, el('rect', {
    class: 'aimc-colour-bar', x, y: top, width: 13, height: bottom - top, fill: `url(#${id}-colours)`,
  }));
  for (const { value, label } of own.ticks) {
    const y = own.at(value);
    group.append(
      el('line', { class: 'aimc-stroke', x1: x + 13, x2: x + 17, y1: y, y2: y }),
      words([label], { x: x + 20, y: y + 0.36 * FONT }),
    );
  }
  const room = Math.max(0, ...own.ticks.map(({ label }) => measure(label)));
  const name = own.factor ? `${mark.label} (${own.factor})` : mark.label;
  if (name) group.append(words([name], { x: x + 24 + room + FONT, y: (top + bottom) / 2, anchor: 'middle', turn: -90 }));
  return { group, width: 24 + room + (name ? FONT * 1.4 : 0) };
}

/**
 * Draw a chart.
 *
 * @param data a Chart as JSON
 * @param width, height size in px; the drawing grows taller where its words need it, and axes are not
 *   lower than `least`
 * @param direct whether names of curves stand at their ends, where these are apart
 * @param description what a reader who does not see it is told
 * @param edges places in px that the axes reach to the left and to the right at most
 * @returns an SVG element of exactly `width` px
 */
export function render(data, { width = 480, height = 300, least = LEAST, description = '', direct = false, edges = null } = {}) {
  const chart = { ...data, marks: data.marks.map(withGaps) };
  const id = `aimc-chart-${(drawn += 1)}`;
  const heat = chart.marks.find((mark) => mark.kind === 'heatmap');
  const shaded = heat ?? chart.marks.find((mark) => mark.kind === 'boxes' && mark.values.length);
  const domain = domains(chart);
  const kinds = { x: heat ? 'linear' : chart.x_scale, y: heat ? 'linear' : chart.y_scale };
  const title = wrap(chart.title, width - 4, TITLE, true);
  const items = named(chart);
  const plain = chart.marks.every(({ kind }) => ['line', 'points', 'rule'].includes(kind)) && !chart.y_names?.length;
  const curves = direct && plain && width >= WIDE
    ? items.filter(({ mark }) => mark.kind === 'line').map((item) => ({ ...item, text: wrap(item.mark.label, SHARE * width - KEY) }))
    : [];
  if (curves.some(({ text }) => text.length > 3)) curves.length = 0;
  const rows = legend(curves.length ? items.filter(({ mark }) => mark.kind !== 'line') : items, width - 8);
  const rowNames = namesAlong(chart, 'y')?.map((name) => wrap(name, 0.36 * width).join('\n'));
  const columnNames = namesAlong(chart, 'x');

  const whole = { x: counts(chart, 'x'), y: counts(chart, 'y') };
  const make = (axis, range) => ({
    ...scale(kinds[axis], domain[axis], range, ROOM[kinds[axis]][axis], whole[axis]), kind: kinds[axis], range,
  });
  const legendTop = title.length * TITLE * LINE + 6;
  const draft = make('y', [height - 60, legendTop]);
  const beside = rowNames ? widest(rowNames.flatMap((name) => name.split('\n'))) : widest(draft.ticks.map(({ label }) => label));
  const sideLines = chart.y_label ? wrap(chart.y_label, Math.max(least, height - 90)) : [];
  let left = Math.ceil(beside + 10 + (sideLines.length ? sideLines.length * rowHeight + 11 : 0));
  // Its height is not known yet, and so neither how many digits its numbers have.
  const tried = (tall) => drawColourBar(shaded, { y: { range: [tall, 0] } }, 0, `${id}-trial`).width;
  const heights = Array.from({ length: 12 }, (_, k) => least + (k / 11) * Math.max(width, height));
  const barWidth = shaded ? 14 + Math.max(...heights.map(tried)) : 0;
  let right = width - (shaded ? barWidth : curves.length ? KEY + 2 + Math.ceil(widest(curves.flatMap(({ text }) => text))) : 14);
  if (edges) {
    left = Math.max(left, edges[0]);
    right = Math.min(right, edges[1]);
  }

  // Slanted names of the first categories reach to the left of the axis.
  let categories = columnNames && arrange(columnNames, (right - left) / columnNames.length);
  if (categories?.slanted) {
    const reach = widest(categories.lines[0] ?? []) * fold(SLANT)[0] - (right - left) / columnNames.length / 2;
    left = Math.max(left, Math.ceil(reach) + 4);
    categories = arrange(columnNames, (right - left) / columnNames.length);
  }
  const across = () => {
    const axis = make('x', [left, right]);
    return (columnNames ? null : inSpans(axis, chart.x_label)) ?? axis;
  };
  let x = across();
  const last = columnNames ? null : x.ticks.at(-1);
  const beyond = last ? x.at(last.value) + measure(last.label) / 2 + 1 - width : 0; // the drawing
  if (beyond > 0) {
    right -= Math.ceil(beyond);
    x = across();
  }
  const factorRow = draft.factor && !rowNames ? rowHeight : 0;
  const top = legendTop + rows.reduce((sum, row) => sum + row.lines * rowHeight + 2, 0) + factorRow + 6;
  const below = 8 + (categories ? categories.height : rowHeight);
  const xName = x.named ? chart.x_label.replace(/ \(s\)$/, '') : x.factor && !columnNames ? `${chart.x_label} (${x.factor})`.trim() : chart.x_label;
  const footLines = xName ? wrap(xName, right - left) : [];
  const foot = below + footLines.length * rowHeight + 6;
  // On a map the width decides the height.
  const [wideSpan, tallSpan] = [domain.x[1] - domain.x[0], domain.y[1] - domain.y[0]];
  const room = chart.equal ? ((right - left) * tallSpan) / wideSpan : Math.max(least, (chart.y_names?.length ?? 0) * Math.max(NAMED, NAME_GAP + rowHeight * Math.max(...(rowNames ?? []).map((name) => name.split('\n').length))), height - top - foot);
  const tall = Math.ceil(top + room + foot);
  const bottom = tall - foot;
  // Row 0 of a matrix, and the first of named rows, is on top.
  const down = heat || chart.y_names?.length;
  const y = down ? make('y', [top, bottom]) : make('y', [bottom, top]);
  if (down) y.range = [bottom, top];
  const axes = { x, y };
  const list = curves.length ? ends(curves, axes) : [];
  if (!list) return render(data, { width, height, least, description, edges });
  const keys = [...drawLegend(rows, legendTop), ...drawEnds(list, right)].sort(([a], [b]) => a - b);

  const describe = el('desc', { id: `${id}-desc` });
  describe.textContent = description;
  const name = hint(chart.title);
  name.id = `${id}-title`;
  const svg = el('svg', {
    class: 'aimc-chart', width, height: tall, viewBox: `0 0 ${width} ${tall}`, role: 'img',
    'aria-labelledby': name.id, 'aria-describedby': describe.id,
  }, name, describe);
  svg.append(
    el('clipPath', { id: `${id}-clip` }, el('rect', { x: left, y: top, width: right - left, height: bottom - top })),
    words(title, { x: 0, y: TITLE, size: TITLE, bold: true, class: 'aimc-chart-title' }),
    el('g', { class: 'aimc-legend' }, ...keys.flatMap(([, elements]) => elements)),
    drawAxis('x', x, y, categories, !heat && !columnNames && !chart.equal),
    drawAxis('y', y, x, rowNames && { lines: thin(rowNames, (bottom - top) / rowNames.length) }, !heat && !chart.equal),
  );
  if (factorRow) svg.append(words([y.factor], { x: left, y: top - 5, class: 'aimc-factor' }));
  const { clipped, over } = drawMarks(chart, axes);
  svg.append(el('g', { class: 'aimc-plot', 'clip-path': `url(#${id}-clip)` }, ...clipped));
  if (!heat) svg.append(el('path', { class: 'aimc-spine', d: `M${left} ${top}V${bottom}H${right}` }));
  svg.append(el('g', { class: 'aimc-over' }, ...over));
  if (shaded) svg.append(drawColourBar(shaded, axes, right + 12, id).group);
  if (footLines.length) {
    svg.append(words(footLines, { x: (left + right) / 2, y: bottom + below + FONT, anchor: 'middle', class: 'aimc-axis-name' }));
  }
  if (sideLines.length) {
    svg.append(words(sideLines, { x: FONT, y: (top + bottom) / 2, anchor: 'middle', turn: -90, class: 'aimc-axis-name' }));
  }
  svg.aimcChart = { chart, axes }; // for whoever reads values off it
  return svg;
}

function thin(names, slot) {
  const every = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((n) => n * slot >= rowHeight) ?? 1000;
  return names.map((name, k) => (k % every === 0 ? name.split('\n') : null));
}
