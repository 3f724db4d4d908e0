// The colours of src/aimc/plots/palette.py, copied; tests/site/test_charts.py keeps the two equal.
// Charts on a page take theirs from CSS (live.css), so that they follow the reader's theme; what is
// written on a cell of a heatmap depends on the cell and not on the theme, so it is chosen here.

export const CATEGORICAL = ['#0072b2', '#c44e00', '#007f5f', '#a6467d', '#8a6d00', '#3a7ca5', '#5f5f5f'];
export const COLOURS = [
  ...CATEGORICAL, '#a3401c', '#4b3f99', '#94609c', '#6b7f00', '#00402f', '#3f9a7d', '#d6336c', '#1d2f6f', '#2f8f9d',
  '#8d7bd0', '#7a4a21',
];
export const THINGS = {
  array: 0, 'bit line': 1, converter: 1, digital: 2, DRAM: 3, glass: 4, crystal: 5, exact: 6, 'one of many': 6, heater: 7, standing: 7,
  fresh: 8, aged: 9, SRAM: 10,
  HERMES: 16, 'HERMES, two devices': 8, 'PCM 2019': 17, ReRAM: 3,
  link: 11, GDPU: 12, 'core of 2022': 13, '64-core chip': 14, 'other chips': 15,
};
export const FURTHER = [8, 13, 15, 10];
export const INK = '#1a1a1a';
export const BACKGROUND = '#ffffff';

// Equally spaced stops of Matplotlib's maps; between two stops colours are mixed linearly.
export const SEQUENTIAL = [ // viridis, within 3/255 of the original
  '#440154', '#470d60', '#48186a', '#482374', '#472d7b', '#453781', '#424086', '#3e4989',
  '#3b528b', '#375b8d', '#33638d', '#2f6b8e', '#2c728e', '#297a8e', '#26828e', '#23898e',
  '#21918c', '#1f988b', '#1fa088', '#22a785', '#28ae80', '#32b67a', '#3fbc73', '#4ec36b',
  '#5ec962', '#70cf57', '#84d44b', '#98d83e', '#addc30', '#c2df23', '#d8e219', '#ece51b',
  '#fde725',
];
export const SIGNED = [ // RdBu_r, exact
  '#053061', '#2166ac', '#4393c3', '#92c5de', '#d1e5f0', '#f7f7f7', '#fddbc7', '#f4a582',
  '#d6604d', '#b2182b', '#67001f',
];

function channels(hex) {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

/** Colour of a map at a share between 0 and 1, as [red, green, blue] from 0 to 255. */
export function mapped(stops, share) {
  const place = Math.min(Math.max(share, 0), 1) * (stops.length - 1);
  const low = Math.min(Math.floor(place), stops.length - 2);
  const [a, b] = [channels(stops[low]), channels(stops[low + 1])];
  return a.map((value, k) => value + (b[k] - value) * (place - low));
}

export function css([red, green, blue]) {
  return `rgb(${Math.round(red)}, ${Math.round(green)}, ${Math.round(blue)})`;
}

/** Ink that can be read on a colour; the rule is that of plots/draw.py. */
export function inkOn([red, green, blue]) {
  return (0.299 * red + 0.587 * green + 0.114 * blue) / 255 < 0.5 ? BACKGROUND : INK;
}

/** CSS colour of a thing that has one of its own, or another one. */
export const colourOf = (thing, other) => (thing ? `var(--aimc-series-${THINGS[thing]})` : other);

/** CSS colour of each mark of a chart; the rule is that of plots/palette.py. */
export function coloursOf(marks) {
  const taken = marks.map((mark) => THINGS[mark.thing]);
  const free = [...CATEGORICAL.keys(), ...FURTHER].filter((k) => !taken.includes(k));
  return marks.map((_, k) => `var(--aimc-series-${taken[k] ?? free[k % free.length]})`);
}
