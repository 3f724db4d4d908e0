// Arranges the one-page book for paper. print_pdf.py calls it with what the cover says, the parts
// and their documents, and the page of each chapter once that is known.
({ edition, parts, pages }) => {
  const make = (name, text = '', kind = '') => {
    const element = document.createElement(name);
    element.textContent = text;
    if (kind) element.className = kind;
    return element;
  };
  const article = document.querySelector('article.bd-article');
  const top = article.querySelector(':scope > section');
  const title = top.querySelector(':scope > h1').firstChild.textContent;

  // The section of each document follows its anchor.
  const documents = [...article.querySelectorAll('span[id^="document-"]')].map((anchor) => ({
    name: anchor.id.slice('document-'.length), anchor, section: anchor.nextElementSibling,
  }));
  const kept = new Set(parts.flatMap((part) => part.documents));
  const gone = (name) => !kept.has(name);
  for (const { anchor, section } of documents.filter((one) => gone(one.name))) {
    if (section) section.remove();
    anchor.remove();
  }
  article.querySelectorAll('.toctree-wrapper').forEach((one) => { if (!one.children.length) one.remove(); });
  const chapters = documents.filter((one) => !gone(one.name) && one.section);

  article.querySelectorAll('script').forEach((one) => one.remove());
  for (const explorer of article.querySelectorAll('.aimc-explorer')) {
    const name = explorer.querySelector('.aimc-explorer-title').textContent;
    explorer.replaceWith(make('p', `The explorer “${name}” stands here on the site.`, 'aimc-online'));
  }
  article.querySelectorAll('details.above-input').forEach((one) => one.remove());

  const rules = [];
  chapters.forEach(({ anchor, section }, k) => {
    section.classList.add('aimc-chapter');
    section.prepend(anchor);  // between two kinds of pages it would take one to itself
    const heading = section.querySelector(':scope > h1, :scope > h2');
    heading.querySelector('.headerlink')?.remove();
    const said = heading.textContent.trim();
    section.style.page = `chapter-${k}`;
    rules.push(`@page chapter-${k} { @top-left { content: "${said.replace(/["\\]/g, '\\$&')}"; `
      + 'font: 8.5pt "Liberation Sans", Arial, sans-serif; color: #5f6b75; } }');
    const answers = make('section', '', 'aimc-answers');
    for (const form of section.querySelectorAll('form.aimc-quiz')) {
      const list = form.querySelector('.aimc-quiz-answers ol');
      if (!list) continue;
      const asked = make('p');
      const kicker = form.querySelector('.aimc-quiz-kicker');
      const legend = form.querySelector('legend').cloneNode(true);
      legend.querySelector('.aimc-quiz-kicker')?.remove();
      asked.append(make('strong', `${kicker.textContent}. `), ...legend.childNodes);
      answers.append(asked, list);
      form.querySelector('.aimc-quiz-answers').remove();
    }
    section.querySelectorAll('div.solution').forEach((one) => answers.append(one));
    if (answers.children.length) {
      answers.prepend(make('h3', 'Answers and solutions'));
      section.append(answers);
    }
  });
  article.querySelectorAll('details').forEach((one) => { one.open = true; });

  // What leads to a part that stays on the site is no link on paper.
  for (const link of article.querySelectorAll('a[href*="#"]')) {
    const hash = link.getAttribute('href').split('#')[1];
    if (/^https?:/.test(link.getAttribute('href'))) continue;
    if (document.getElementById(hash)) link.setAttribute('href', `#${hash}`);
    else link.removeAttribute('href');
  }

  const cover = make('section', '', 'aimc-cover');
  cover.append(make('h1', title), make('p', edition.authors), make('p', edition.line), make('p', edition.address));
  const contents = make('section', '', 'aimc-contents');
  contents.append(make('h1', 'Contents'));
  const line = ({ section }) => {
    const heading = section.querySelector(':scope > h1, :scope > h2').textContent.trim();
    const entry = make('p');
    const link = make('a', heading);
    link.href = `#${section.id}`;
    link.append(make('b', String(pages[heading] ?? '')));
    entry.append(link);
    contents.append(entry);
  };
  for (const { number, name, documents: own_names } of parts) {
    const own = chapters.filter((one) => own_names.includes(one.name));
    if (!own.length) continue;
    if (number) {
      const page = make('section', '', 'aimc-part');
      page.append(make('p', number), make('h1', name));
      own[0].section.before(page);
    }
    contents.append(make('h2', number ? `${number} · ${name}` : name));
    own.forEach(line);
  }
  top.querySelector(':scope > h1').textContent = 'About this book';
  top.style.page = 'about';
  top.style.breakBefore = 'page';
  article.classList.add('bd-content');
  article.replaceChildren(cover, contents, top);
  document.body.replaceChildren(article);
  const style = make('style', rules.join('\n'));
  document.head.append(style);
}
