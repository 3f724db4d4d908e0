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
  return { width, height };
}

class Figure {
  constructor(box) {
    this.box = box;
    this.data = JSON.parse(box.querySelector('.aimc-figure-data').textContent);
    this.picture = box.querySelector('img');
    this.charts = make('div', { class: 'aimc-figure-charts', role: 'group', 'aria-label': this.picture?.alt || 'Charts' });
    this.status = make('p', { class: 'aimc-said', role: 'status' });
    box.append(this.charts, this.status);
    new ResizeObserver(() => this.draw()).observe(box);
    this.draw();
  }

  draw() {
    const wide = Math.floor(this.box.clientWidth);
    if (!wide || wide === this.wide) return;
    this.wide = wide;
    try {
      const size = layout(wide, this.data);
      const drawn = this.data.charts.map((chart) => readable(render(chart, size), this.status));
      this.charts.replaceChildren(...drawn);
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
