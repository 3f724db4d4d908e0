// A group of parts of which one is chosen, by pointer, touch or arrow keys: a single stop for Tab.

/** Let arrow keys, Home and End choose among parts that stand in rows of so many columns. */
export function roving(group, { columns, count, chosen, choose }) {
  group.addEventListener('keydown', (event) => {
    const k = chosen();
    const row = k - (k % columns);
    const to = {
      ArrowUp: k - columns,
      ArrowDown: k + columns,
      ArrowLeft: k > row ? k - 1 : -1,
      ArrowRight: k < row + columns - 1 ? k + 1 : -1,
      Home: row,
      End: Math.min(row + columns, count()) - 1,
    }[event.key];
    if (to === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    if (to >= 0 && to < count()) choose(to);
  });
}
