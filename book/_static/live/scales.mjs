// Scales: where a value lies on an axis, which values get a tick, and how numbers are written.

const MINUS = '\u2212';
const RAISED = { '-': '⁻', 0: '⁰', 1: '¹', 2: '²', 3: '³', 4: '⁴', 5: '⁵', 6: '⁶', 7: '⁷', 8: '⁸', 9: '⁹' };

export function power(exponent) {
  return `10${[...String(exponent)].map((sign) => RAISED[sign]).join('')}`;
}

function decimal(value, places) {
  const text = Math.abs(value).toFixed(Math.min(Math.max(places, 0), 15));
  return value < 0 && Number(text) !== 0 ? MINUS + text : text;
}

/** Python's format(value, spec) for the forms charts use: [+][.n] and one of f, e, g, d, %. */
export function formatted(value, spec) {
  const parts = /^(\+?)(,?)(?:\.(\d+))?([fegd%]?)$/.exec(spec);
  if (!parts || !Number.isFinite(value)) return String(value);
  const [, plus, , digits, kind] = parts;
  const places = digits === undefined ? 6 : Number(digits);
  let text;
  if (kind === 'd') text = String(Math.round(value));
  else if (kind === '%') text = `${(100 * value).toFixed(places)}%`;
  else if (kind === 'e') text = value.toExponential(places);
  else if (kind === 'f') text = value.toFixed(places);
  else text = String(Number(value.toPrecision(Math.max(1, places))));
  return (plus && value >= 0 ? '+' : '') + text.replace('-', MINUS);
}

/** A number for a hint or a value's name: few digits, no surprises. */
export function short(value) {
  if (!Number.isFinite(value)) return 'no number';
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e5 || size < 1e-3)) {
    const [digits, exponent] = value.toExponential(2).split('e');
    return `${digits.replace('-', MINUS)}×${power(Number(exponent))}`;
  }
  return String(Number(value.toPrecision(4))).replace('-', MINUS);
}

function niceStep(span, count) {
  const rough = span / Math.max(1, count);
  const decade = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 2.5, 5, 10].map((factor) => factor * decade).find((step) => step >= rough * 0.999) ?? 10 * decade;
}

function decimalsOf(step) {
  for (let places = 0; places < 15; places += 1) {
    const scaled = step * 10 ** places;
    if (Math.abs(scaled - Math.round(scaled)) < 1e-6 * scaled) return places;
  }
  return 15;
}

/**
 * A linear scale. `factor` is the power of ten that all its labels leave out ('' if none), as in
 * Matplotlib: very large and very small numbers would not fit beside the axis.
 */
function linear([low, high], [start, end], room, whole = false) {
  const at = (value) => start + ((value - low) / (high - low)) * (end - start);
  let step = niceStep(high - low, Math.abs(end - start) / room);
  if (whole && !Number.isInteger(step)) step = step < 1 ? 1 : 5; // no step of a loop has the number 2.5
  const ticks = [];
  const slack = 1e-9 * (high - low);
  for (let k = Math.ceil((low - slack) / step); k * step <= high + slack; k += 1) ticks.push(k * step);
  const size = Math.max(Math.abs(low), Math.abs(high));
  const order = Math.floor(Math.log10(size));
  const exponent = order >= 5 || order <= -4 ? order : 0;
  const unit = 10 ** exponent;
  const places = decimalsOf(step / unit);
  return {
    at,
    domain: [low, high],
    ticks: ticks.map((value) => ({ value, label: decimal(value / unit, places) })),
    minor: [],
    factor: exponent ? `×${power(exponent)}` : '',
  };
}

function plain(value) {
  const order = Math.floor(Math.log10(value) + 1e-9);
  return order >= -3 && order <= 4 ? String(Number(value.toPrecision(3))) : null;
}

function logarithmic([low, high], [start, end], room) {
  const [a, b] = [Math.log10(low), Math.log10(high)];
  const at = (value) => start + ((Math.log10(value) - a) / (b - a)) * (end - start);
  const inside = (value) => value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9);
  const stride = Math.max(1, Math.ceil((b - a) / Math.max(1, Math.abs(end - start) / room)));
  const [first, last] = [Math.floor(a), Math.ceil(b)];
  const ticks = [];
  const minor = [];
  for (let k = first; k <= last; k += 1) {
    const value = 10 ** k;
    if (inside(value) && k % stride === 0) ticks.push({ value, label: power(k) });
    else if (inside(value)) minor.push(value);
    if (stride === 1) for (let m = 2; m < 10; m += 1) if (inside(m * value)) minor.push(m * value);
  }
  const few = b - a < 2 && high < 1e5 ? Math.abs(end - start) / (3 * (b - a) * room) : 0; // room for 1, 2 and 5 of a decade
  if (ticks.length >= 2 && few < 1) {
    const moderate = ticks.every(({ value }) => value > 0.005 && value < 2e4);
    const named = moderate ? ticks.map(({ value }) => ({ value, label: plain(value) })) : ticks;
    return { at, domain: [low, high], ticks: named, minor, factor: '' };
  }
  // Less than a decade or two: powers of ten alone would leave the axis without numbers.
  const linearTicks = linear([low, high], [start, end], room).ticks;
  const chosen = b - a < 0.5 ? linearTicks.map((tick) => tick.value) : [1, 2, 5].flatMap((m) =>
    Array.from({ length: last - first + 1 }, (_, k) => m * 10 ** (first + k)));
  const kept = chosen.filter((value) => value > 0 && inside(value)).sort((x, y) => x - y);
  const labels = kept.map((value) => ({ value, label: plain(value) ?? short(value) }));
  return { at, domain: [low, high], ticks: labels, minor, factor: '' };
}

/**
 * The scale of an axis.
 *
 * @param kind 'linear' or 'log'
 * @param domain lowest and highest value
 * @param range their places in px
 * @param room px that one labelled tick needs
 * @param whole whether a linear axis is marked at whole numbers alone
 */
export function scale(kind, domain, range, room, whole = false) {
  return (kind === 'log' ? logarithmic : linear)(domain, range, room, whole);
}

/**
 * Lowest and highest value of an axis for the values it shows: 5% of margin at each end, none at a
 * `sticky` value (the foot of bars), as in Matplotlib.
 */
export function extent(kind, values, sticky = null) {
  const usable = values.filter((value) => Number.isFinite(value) && (kind !== 'log' || value > 0));
  if (!usable.length) return kind === 'log' ? [0.1, 10] : [0, 1];
  let low = Math.min(...usable);
  let high = Math.max(...usable);
  if (kind === 'log') {
    if (low === high) return [low / 3, high * 3];
    const margin = (high / low) ** 0.05;
    return [low / margin, high * margin];
  }
  if (low === high) {
    const half = Math.abs(low) * 0.05 || 0.05;
    return sticky === low ? [low, low + 2 * half] : [low - half, high + half];
  }
  const margin = 0.05 * (high - low);
  if (low !== sticky) low -= margin;
  if (high !== sticky) high += margin;
  return [low, high];
}
