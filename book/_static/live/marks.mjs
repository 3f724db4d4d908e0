// How each mark of a chart is drawn on given axes; the looks are those of src/aimc/plots/draw.py.

import { SEQUENTIAL, SIGNED, colourOf, coloursOf, css, inkOn, mapped } from './palette.mjs';
import { formatted, short } from './scales.mjs';
import { FONT, LINE, el, hint, measure, words } from './svg.mjs';

const MOST_CELLS = 4096; // beyond this a heatmap is one image: that many elements make a page slow
const CROWD = 150; // points of a mark from which on they are smaller and shine through

/** Foot, head and place of each bar, in values of the axes. */
export function barsOf(chart) {
  const marks = chart.marks.filter((mark) => mark.kind === 'bars');
  const base = marks.length ? marks[0].categories.map(() => 0) : [];
  return marks.map((mark, k) => {
    const wide = mark.stacked ? 0.7 : 0.8 / marks.length;
    const shift = mark.stacked ? 0 : (k - (marks.length - 1) / 2) * wide;
    return mark.heights.map((height, i) => {
      const foot = mark.stacked ? base[i] : 0;
      if (mark.stacked) base[i] += height;
      const error = mark.errors.length ? mark.errors[i] : 0;
      return { middle: i + shift, wide: wide * 0.95, foot, head: foot + height, height, error };
    });
  });
}

/** Lowest and highest colour value of a heatmap. */
export function limits(mark) {
  const all = mark.values.flat().filter(Number.isFinite);
  if (mark.signed) {
    const peak = mark.reach || Math.max(...all.map(Math.abs)) || 1; // maps side by side share one
    return [-peak, peak];
  }
  const [low, high] = [Math.min(...all), Math.max(...all)];
  return low < high ? [low, high] : [low - 0.5, high + 0.5];
}

export function stopsOf(mark) {
  return mark.signed ? SIGNED : SEQUENTIAL;
}

const finite = (...values) => values.every((value) => Number.isFinite(value));
const number = (value) => Math.round(value * 100) / 100;

function pathOf(corners) {
  let pen = 'M';
  let path = '';
  for (const [x, y] of corners) {
    if (!finite(x, y)) {
      pen = 'M'; // a gap, as Matplotlib leaves one
      continue;
    }
    path += `${pen}${number(x)} ${number(y)}`;
    pen = 'L';
  }
  return path;
}

function line(mark, paint, axes, edged) {
  const group = el('g', { class: 'aimc-mark-line' });
  const along = mark.x.map((x) => axes.x.at(x));
  if (mark.low.length && mark.high.length) {
    const upper = mark.high.map((y, i) => [along[i], axes.y.at(y)]);
    const lower = mark.low.map((y, i) => [along[i], axes.y.at(y)]).reverse();
    const edge = [...upper, ...lower].filter(([x, y]) => finite(x, y));
    group.append(el('path', { class: 'aimc-band', d: `${pathOf(edge)}Z`, style: `fill: ${paint}` }));
  }
  const d = pathOf(mark.y.map((y, i) => [along[i], axes.y.at(y)]));
  if (edged) group.append(el('path', { class: 'aimc-line-edge', d })); // to be seen on what is filled
  group.append(el('path', {
    class: mark.thing === 'one of many' ? 'aimc-line aimc-many' : 'aimc-line',
    d,
    style: `stroke: ${paint}`,
    'stroke-dasharray': mark.dashed ? '7 4' : undefined,
  }));
  return group;
}

const SHAPES = {
  square: 'M-4-4h8v8h-8z',
  diamond: 'M0-5.5L5.5 0L0 5.5L-5.5 0z',
  triangle: 'M0-5L5 4H-5z',
  'triangle down': 'M0 5L5-4H-5z',
  cross: 'M-1.6-5h3.2v3.4h3.4v3.2h-3.4v3.4h-3.2v-3.4h-3.4v-3.2h3.4z',
};

/** A point's mark: a circle, or a shape that tells it from others without colour. */
export function dotAt(shape, x, y, attributes, ...children) {
  return SHAPES[shape]
    ? el('path', { ...attributes, d: SHAPES[shape], transform: `translate(${number(x)} ${number(y)})` }, ...children)
    : el('circle', { r: 4.5, ...attributes, cx: number(x), cy: number(y) }, ...children);
}

function overlaps(a, b) {
  return a.x < b.x + b.wide && b.x < a.x + a.wide && a.y < b.y + b.high && b.y < a.y + a.high;
}

/** How many of the small boxes along what is drawn a box covers. */
const covers = (box, drawn) => drawn.filter((other) => overlaps(box, other)).length;

/** Where the name of a point is written: above it or round it, where no words are and least is drawn. */
function placeName(name, x, y, axes, taken, drawn, rows) {
  const wide = measure(name);
  const high = FONT;
  const [left, right] = axes.x.range;
  const [bottom, top] = axes.y.range;
  const beside = [[6, -5], [6, 14], [-6 - wide, -5], [-6 - wide, 14]];
  const around = [[-wide / 2, -8], [-wide / 2, 19]];
  const shifted = [-8, 19].flatMap((dy) => [[-4, dy], [4 - wide, dy]]);
  const spots = rows ? [...around, ...shifted, ...beside] : [...beside, ...around];
  const places = spots.map(([dx, dy]) => ({ x: x + dx, y: y + dy - high, wide, high }));
  const inside = places.filter((place) => place.x >= left && place.x + wide <= right && place.y >= top - 2 && place.y + high < bottom);
  const free = inside.filter((candidate) => !taken.some((other) => overlaps(candidate, other)));
  const [box = inside[0] ?? places[0]] = free.sort((a, b) => covers(a, drawn) - covers(b, drawn));
  taken.push(box);
  return words([name], { x: box.x, y: box.y + high, class: 'aimc-name' });
}

const placesOf = (mark, axes) => mark.x.map((x, i) => [axes.x.at(x), axes.y.at(mark.y[i])]);

function points(mark, paint, axes, chart, taken, drawn) {
  const group = el('g', { class: 'aimc-mark-points' });
  const crowd = mark.x.length > CROWD ? { r: 3, 'fill-opacity': 0.6 } : {};
  placesOf(mark, axes).forEach(([x, y], i) => {
    if (!finite(x, y)) return;
    const name = mark.names[i] ?? mark.label ?? '';
    const text = `${name ? `${name}: ` : ''}${chart.x_label || 'x'} ${short(mark.x[i])}, ${chart.y_label || 'y'} ${short(mark.y[i])}`;
    group.append(dotAt(mark.shape, x, y, { class: 'aimc-point', style: `fill: ${paint}`, ...crowd }, hint(text)));
    if (mark.names.length) group.append(placeName(mark.names[i], x, y, axes, taken, drawn, chart.y_names?.length));
  });
  return group;
}

function bars(mark, paint, axes, places, told) {
  const group = el('g', { class: 'aimc-mark-bars' });
  const whiskers = el('g', { class: 'aimc-errors' });
  // On a log axis a bar has no foot at zero: it stands on the lower edge.
  const floor = axes.y.kind === 'log' ? axes.y.domain[0] : -Infinity;
  places.forEach((bar, i) => {
    const x = axes.x.at(bar.middle);
    const wide = axes.x.at(bar.middle + bar.wide / 2) - axes.x.at(bar.middle - bar.wide / 2);
    const [foot, head] = [axes.y.at(Math.max(bar.foot, floor)), axes.y.at(Math.max(bar.head, floor))];
    if (!finite(x, foot, head)) return;
    const text = `${mark.categories[i].replace('\n', ' ')}${mark.label ? `, ${mark.label}` : ''}: ${short(bar.height)}`;
    group.append(el('rect', {
      class: 'aimc-bar',
      x: number(x - wide / 2),
      y: number(Math.min(foot, head)),
      width: number(wide),
      height: number(Math.abs(foot - head)),
      style: `fill: ${colourOf(mark.things?.[i], paint)}`,
    }, hint(text)));
    const name = mark.names?.[i] ?? '';
    const broad = measure(name);
    if (name && (!mark.stacked || (broad <= wide && Math.abs(foot - head) > FONT + 2))) {
      const [y, look] = mark.stacked
        ? [(foot + head) / 2 + 0.36 * FONT, { class: 'aimc-written', style: 'fill: var(--aimc-panel)' }]
        : [axes.y.at(bar.head + bar.error) - 4, { class: 'aimc-name' }];
      told.push({ x: x - broad / 2, y: y - FONT, wide: broad, high: FONT, node: words([name], { x, y, anchor: 'middle', ...look }) });
    }
    if (bar.error) {
      const [low, high] = [Math.max(bar.head - bar.error, floor), bar.head + bar.error].map(axes.y.at);
      const cap = Math.min(4, wide / 2);
      const d = `M${x} ${low}V${high}M${x - cap} ${low}h${2 * cap}M${x - cap} ${high}h${2 * cap}`;
      // An edge in the background's colour: the bar itself may be as light as the ink.
      whiskers.append(el('path', { class: 'aimc-error-edge', d }), el('path', { class: 'aimc-error', d }));
    }
  });
  group.append(whiskers);
  return group;
}

function imageOf(mark, low, high) {
  const canvas = document.createElement('canvas');
  [canvas.height, canvas.width] = [mark.values.length, mark.values[0].length];
  const brush = canvas.getContext('2d');
  const image = brush.createImageData(canvas.width, canvas.height);
  mark.values.flat().forEach((value, k) => {
    if (Number.isFinite(value)) image.data.set([...mapped(stopsOf(mark), (value - low) / (high - low)), 255], 4 * k);
  });
  brush.putImageData(image, 0, 0);
  return canvas.toDataURL();
}

function heatmap(mark, axes) {
  const group = el('g', { class: 'aimc-mark-heatmap' });
  const [low, high] = limits(mark);
  const [left, right] = [axes.x.at(-0.5), axes.x.at(mark.values[0].length - 0.5)];
  const [top, bottom] = [axes.y.at(-0.5), axes.y.at(mark.values.length - 0.5)];
  if (mark.values.length * mark.values[0].length > MOST_CELLS) {
    group.append(el('image', {
      x: left, y: top, width: right - left, height: bottom - top,
      href: imageOf(mark, low, high), preserveAspectRatio: 'none', style: 'image-rendering: pixelated',
    }));
    return group;
  }
  const [wide, tall] = [axes.x.at(1) - axes.x.at(0), axes.y.at(1) - axes.y.at(0)];
  const written = mark.annotate ? mark.values.map((row) => row.map((value) => formatted(value, mark.annotate))) : [];
  // Numbers that would run into each other are left out; the hint of each cell still has them.
  const fits = tall > FONT + 2 && Math.max(0, ...written.flat().map((text) => measure(text))) < wide - 2;
  mark.values.forEach((row, i) => row.forEach((value, j) => {
    if (!Number.isFinite(value)) return;
    const colour = mapped(stopsOf(mark), (value - low) / (high - low));
    const [x, y] = [axes.x.at(j), axes.y.at(i)];
    const name = [mark.rows[i] ?? `row ${i}`, mark.columns[j] ?? `column ${j}`].join(', ');
    group.append(el('rect', {
      class: 'aimc-cell',
      x: number(x - wide / 2), y: number(y - tall / 2),
      // A hair more than the cell, so that no seams show between neighbours.
      width: number(wide + (j < row.length - 1 ? 0.5 : 0)), height: number(tall + (i < mark.values.length - 1 ? 0.5 : 0)),
      fill: css(colour),
    }, hint(`${name}: ${mark.annotate ? written[i][j] : short(value)} ${mark.label}`.trim())));
    if (mark.annotate && fits) {
      group.append(words([written[i][j]], { x, y: y + 0.36 * FONT, anchor: 'middle', class: 'aimc-written', style: `fill: ${inkOn(colour)}` }));
    }
  }));
  return group;
}

function boxes(mark, paint, axes) {
  const group = el('g', { class: 'aimc-mark-boxes' });
  const wide = Math.abs(axes.x.at(mark.width) - axes.x.at(0));
  const tall = Math.abs(axes.y.at(mark.height) - axes.y.at(0));
  const shaded = mark.values.length > 0;
  const [low, high] = shaded ? limits(mark) : [0, 1];
  mark.x.forEach((value, i) => {
    const [x, y] = [axes.x.at(value), axes.y.at(mark.y[i])];
    if (!finite(x, y) || (shaded && !finite(mark.values[i]))) return;
    const colour = shaded ? mapped(SEQUENTIAL, (mark.values[i] - low) / (high - low)) : null;
    const name = mark.names[i] || mark.texts[i] || mark.label;
    const told = shaded ? `${name}: ${short(mark.values[i])} ${mark.label}`.trim() : name;
    group.append(el('rect', {
      class: mark.filled ? 'aimc-box' : 'aimc-box aimc-outline',
      x: number(x - wide / 2), y: number(y - tall / 2), width: number(wide), height: number(tall),
      style: mark.filled ? `fill: ${shaded ? css(colour) : paint}` : undefined,
    }, told ? hint(told) : null));
    const text = mark.texts[i];
    // Between the words of neighbours there is to be a space.
    if (!text || tall < FONT + 2 || measure(text) > wide - 0.6 * FONT) return;
    const place = { x: number(x), y: number(y + 0.36 * FONT), anchor: 'middle' };
    // On the theme's own colours the panel's colour can be read; on the map it depends on the box.
    const ink = shaded ? inkOn(colour) : 'var(--aimc-panel)';
    group.append(words([text], { ...place, class: mark.filled ? 'aimc-written' : 'aimc-name', style: mark.filled ? `fill: ${ink}` : undefined }));
  });
  return group;
}

/** Small boxes along what is drawn: curves step by step, and points. */
function drawnBoxes(chart, axes) {
  return chart.marks.filter(({ kind }) => kind === 'line' || kind === 'points').flatMap((mark) => {
    const places = placesOf(mark, axes);
    const between = mark.kind === 'points' ? [] : places.slice(1).flatMap(([x, y], i) => {
      const [x0, y0] = places[i];
      const steps = Math.min(200, Math.ceil(Math.hypot(x - x0, y - y0) / FONT));
      return Array.from({ length: steps }, (_, k) => [x0 + ((x - x0) * k) / steps, y0 + ((y - y0) * k) / steps]);
    });
    return [...places, ...between].map(([x, y]) => ({ x: x - 2, y: y - 2, wide: 4, high: 4 }));
  });
}

/** Where the words of a rule stand: where other rules' words are not, and least of what is drawn is. */
function placeRule(label, flat, at, axes, taken, drawn) {
  const wide = measure(label);
  const [left, right] = axes.x.range;
  const [bottom, top] = axes.y.range;
  const rows = [0, 1, 2, 3].map((row) => top + 1 + row * FONT * LINE);
  const spots = flat
    ? [right - 2 - wide, left + 4, ...[0.5, 0.75, 0.25].map((part) => left + part * (right - left - wide))].flatMap((x) => [at - 3 - FONT, at + 2].map((y) => ({ x, y })))
    : rows.flatMap((y) => [at + 5, at - 5 - wide].map((x) => ({ x, y })));
  const places = spots.map((spot) => ({ ...spot, wide, high: FONT }));
  const inside = places.filter((place) => place.x >= left && place.x + wide <= right + 1 && place.y >= top - 1 && place.y + FONT <= bottom);
  const free = inside.filter((candidate) => !taken.some((other) => overlaps(candidate, other)));
  // Where neither side has room, the words lie on the rule rather than beyond the chart.
  const squeezed = { ...places[0], x: Math.max(left, Math.min(places[0].x, right + 1 - wide)) };
  const [box = inside[0] ?? squeezed] = free.sort((a, b) => covers(a, drawn) - covers(b, drawn));
  taken.push(box);
  return words([label], { x: box.x, y: box.y + FONT - 1, class: 'aimc-name' });
}

/** A box along a rule. */
function ruleBox(mark, axes) {
  const at = axes[mark.axis].at(mark.at);
  const [x, y] = [axes.x, axes.y].map(({ range }) => ({ from: Math.min(...range), long: Math.abs(range[1] - range[0]) }));
  return mark.axis === 'y' ? { x: x.from, y: at - 2, wide: x.long, high: 4 } : { x: at - 2, y: y.from, wide: 4, high: y.long };
}

function rule(mark, axes, taken, drawn) {
  const group = el('g', { class: 'aimc-mark-rule' });
  const [left, right] = axes.x.range;
  const [bottom, top] = axes.y.range;
  const flat = mark.axis === 'y';
  const at = axes[mark.axis].at(mark.at);
  const shown = flat ? at >= top - 0.5 && at <= bottom + 0.5 : at >= left - 0.5 && at <= right + 0.5;
  if (!Number.isFinite(at) || !shown) return group;
  const ends = flat ? { x1: left, x2: right, y1: at, y2: at } : { x1: at, x2: at, y1: bottom, y2: top };
  group.append(el('line', { class: 'aimc-rule', ...ends }));
  if (mark.label) group.append(placeRule(mark.label, flat, at, axes, taken, drawn));
  return group;
}

/** Everything drawn inside the axes; `clipped` is cut at their edges, `over` may stick out. */
export function drawMarks(chart, axes) {
  const clipped = [];
  const over = [];
  const places = barsOf(chart);
  // Words keep away from each other, the names of points from all points too.
  const written = [];
  const ruled = chart.marks.filter((mark) => mark.kind === 'rule');
  const named = chart.marks.some((mark) => mark.kind === 'points' && mark.names.length);
  const drawn = ruled.length || named ? drawnBoxes(chart, axes) : [];
  const rules = new Map(ruled.map((mark) => [mark, rule(mark, axes, written, drawn)]));
  const dots = chart.marks.filter((mark) => mark.kind === 'points').flatMap((mark) => placesOf(mark, axes));
  const inTheWay = [...drawn, ...ruled.map((mark) => ruleBox(mark, axes))];
  const taken = [...written, ...dots.map(([x, y]) => ({ x: x - 4, y: y - 4, wide: 8, high: 8 }))];
  const paints = coloursOf(chart.marks);
  const told = []; // names of bars: all of them, or none where two would cover each other
  const filled = chart.marks.some((mark) => mark.kind === 'boxes' && mark.filled);
  chart.marks.forEach((mark, k) => {
    if (mark.kind === 'line') clipped.push(line(mark, paints[k], axes, filled));
    else if (mark.kind === 'bars') clipped.push(bars(mark, paints[k], axes, places.shift(), told));
    else if (mark.kind === 'heatmap') clipped.push(heatmap(mark, axes));
    else if (mark.kind === 'boxes') clipped.push(boxes(mark, paints[k], axes));
    else if (mark.kind === 'rule') over.push(rules.get(mark));
    else over.push(points(inDomain(mark, axes), paints[k], axes, chart, taken, inTheWay));
  });
  if (!told.some((a, k) => told.slice(0, k).some((b) => overlaps(a, b)))) over.push(...told.map(({ node }) => node));
  return { clipped, over };
}

/** The points that lie on the axes: whole circles, also at the edge, but none outside. */
function inDomain(mark, axes) {
  const inside = (scale, value) => value >= scale.domain[0] && value <= scale.domain[1];
  const keep = (_, i) => inside(axes.x, mark.x[i]) && inside(axes.y, mark.y[i]);
  return { ...mark, x: mark.x.filter(keep), y: mark.y.filter(keep), names: mark.names.filter(keep) };
}
