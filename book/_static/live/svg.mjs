// Small helpers to build SVG: elements, measured text, text in lines.

const SPACE = 'http://www.w3.org/2000/svg';
export const FONT = 12.5; // px; an SVG of ours is never scaled, so this is what the reader gets
export const TITLE = 14.5;
export const LINE = 1.25; // line height, in letters' sizes

export function el(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SPACE, tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

let pen = null;
let family = '';

/** Width of a text in px, in the font of the page. */
export function measure(text, size = FONT, bold = false) {
  family ||= getComputedStyle(document.body).fontFamily || 'sans-serif';
  pen ||= document.createElement('canvas').getContext('2d');
  pen.font = `${bold ? '600 ' : ''}${size}px ${family}`;
  return pen.measureText(text).width;
}

/** Lines of a text: broken where it says so (\n), and at spaces where it would be too wide. */
export function wrap(text, width, size = FONT, bold = false) {
  const lines = [];
  for (const part of String(text).split('\n')) {
    let line = '';
    for (const word of part.split(' ')) {
      const longer = line ? `${line} ${word}` : word;
      if (line && measure(longer, size, bold) > width) {
        lines.push(line);
        line = word;
      } else {
        line = longer;
      }
    }
    lines.push(line);
  }
  return lines;
}

export function widest(lines, size = FONT, bold = false) {
  return Math.max(0, ...lines.map((line) => measure(line, size, bold)));
}

/**
 * A text of one or several lines, in the chart's ink unless a class or a fill says otherwise. `y` is
 * the baseline of the first line; `halo` puts the background's colour round the letters.
 */
export function words(lines, { x, y, anchor = 'start', size = FONT, bold = false, turn = 0, ...rest }) {
  const text = el('text', {
    x,
    y,
    'text-anchor': anchor,
    'font-size': size,
    'font-weight': bold ? 600 : undefined,
    transform: turn ? `rotate(${turn} ${x} ${y})` : undefined,
    ...rest,
  });
  if (lines.length === 1) {
    typeset(text, lines[0], size);
  } else {
    lines.forEach((line, k) => {
      const span = el('tspan', { x, y: y + k * size * LINE });
      typeset(span, line, size);
      text.append(span);
    });
  }
  return text;
}

// A letter with an index, G_max: what follows the stroke is lowered, as plots/draw.py does.
const INDEX = /(?<![\p{L}\p{N}_])(\p{L})_([\p{L}\p{N}]+)(?![\p{L}\p{N}_])/gu;

function typeset(node, line, size) {
  let done = 0;
  let low = 0;
  const put = (text, lowered) => {
    if (!text) return;
    const dy = (lowered ? 0.25 * size : 0) - low;
    low += dy;
    const piece = lowered || dy ? el('tspan', { dy: dy || undefined, 'font-size': lowered ? 0.8 * size : undefined }) : null;
    if (piece) piece.textContent = text;
    node.append(piece ?? text);
  };
  for (const found of line.matchAll(INDEX)) {
    put(line.slice(done, found.index) + found[1], false);
    put(found[2], true);
    done = found.index + found[0].length;
  }
  put(line.slice(done), false);
}

/** A text of one line that stands as it is written. */
export function oneLine(x, y, content, { anchor, ...rest } = {}) {
  const made = el('text', { x, y, 'text-anchor': anchor, ...rest });
  made.textContent = content;
  return made;
}

/** The straight lines through points, as a path's data. */
export function path(points) {
  return `M${points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L')}`;
}

export function hint(content) {
  const title = el('title');
  title.textContent = content;
  return title;
}
