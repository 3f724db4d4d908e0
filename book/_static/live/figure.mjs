// The figures of the page: each is drawn from its data in the reader's theme and width. The picture
// that stands there is hidden then; it stays where this script does not run, or fails.

import { render } from './chart.mjs';
import { make } from './controls.mjs';
import { readable } from './reader.mjs';

const NARROWEST = 290; // px of a chart that stands beside another one
const GAP = 20; // px between them; the same in live.css
const HEIGHTS = [250, 400]; // px, least and most

function layout(wide, data) {
  const most = Math.max(1, Math.floor((wide + GAP) / (NARROWEST + GAP)));
  const columns = Math.min(data.columns, data.charts.length, most);
  const width = Math.floor((wide - GAP * (columns - 1)) / columns);
  const height = Math.round(Math.min(Math.max(data.aspect * width, HEIGHTS[0]), HEIGHTS[1]));
  return { columns, width, height };
}

/** Charts that stand above each other with the same quantity along x, as lists of their numbers. */
function pillars(charts, columns) {
  const found = new Map();
  charts.forEach((chart, k) => {
    if (!chart.x_label || chart.equal || chart.marks.some(({ kind }) => kind === 'heatmap' || kind === 'bars')) return;
    const key = JSON.stringify([k % columns, chart.x_label, chart.x_scale]);
    found.set(key, [...(found.get(key) ?? []), k]);
  });
  return [...found.values()].filter((pillar) => pillar.length > 1);
}

/** The charts, drawn; the axes of a pillar begin and end at the same places. */
function drawings(charts, size) {
  const drawn = charts.map((chart) => render(chart, { ...size, direct: true }));
  for (const pillar of pillars(charts, size.columns)) {
    const ranges = pillar.map((k) => drawn[k].aimcChart.axes.x.range);
    const edges = [Math.max(...ranges.map(([left]) => left)), Math.min(...ranges.map(([, right]) => right))];
    pillar.forEach((k, i) => {
      if (ranges[i].every((place, side) => place === edges[side])) return;
      drawn[k] = render(charts[k], { ...size, direct: true, edges });
    });
  }
  return drawn;
}

// A caption tells two charts apart by their sides: (left), "Left, ...; right, ...", "on the right".
const SIDES = /(\(|^\s*|[.;?] )(left|right)(?=[),:])|\bon the (left|right)\b/gi;

/** A caption's words where one of two charts stands above the other. */
export function stacked(words) {
  return words.replace(SIDES, (found, before = '', side, other) => {
    const word = (side ?? other).toLowerCase() === 'left' ? 'above' : 'below';
    const first = (side ?? found)[0];
    return before + (first === first.toUpperCase() ? word[0].toUpperCase() + word.slice(1) : word);
  });
}

/** The texts of a node and of all that it holds. */
function textsOf(node) {
  const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) found.push(walker.currentNode);
  return found;
}

class Figure {
  constructor(box) {
    this.box = box;
    this.data = JSON.parse(box.querySelector('.aimc-figure-data').textContent);
    this.picture = box.querySelector('img');
    this.charts = make('div', { class: 'aimc-figure-charts', role: 'group', 'aria-label': this.picture?.alt || 'Charts' });
    this.status = make('p', { class: 'aimc-said', role: 'status' });
    const caption = this.data.charts.length === 2 ? box.closest('figure')?.querySelector('figcaption') : null;
    this.caption = (caption ? textsOf(caption) : []).map((node) => [node, node.data, stacked(node.data)]);
    box.append(this.charts, this.status);
    new ResizeObserver(() => this.draw()).observe(box);
    this.draw();
  }

  draw() {
    const wide = Math.floor(this.box.getBoundingClientRect().width);
    if (!wide || wide === this.wide) return;
    this.wide = wide;
    try {
      const size = layout(wide, this.data);
      this.charts.replaceChildren(...drawings(this.data.charts, size).map((svg) => readable(svg, this.status)));
      for (const [node, beside, above] of this.caption) node.data = size.columns === 1 ? above : beside;
      if (this.picture) this.picture.hidden = true;
      this.box.dataset.state = 'drawn';
    } catch (error) {
      this.charts.replaceChildren();
      if (this.picture) this.picture.hidden = false;
      this.box.dataset.state = 'picture';
      throw error;
    }
  }
}

for (const box of document.querySelectorAll('.aimc-figure')) {
  try {
    new Figure(box);
  } catch (error) {
    console.error(error); // the picture stands there
  }
}
