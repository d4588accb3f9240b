// What is wider than the page is scrolled, and is to be reached by the keyboard.
function reach() {
  for (const it of document.querySelectorAll('.table-wrapper, pre code')) {
    if (it.scrollWidth > it.clientWidth) it.tabIndex = 0;
    else it.removeAttribute('tabindex');
  }
}
addEventListener('load', reach);
addEventListener('resize', reach);
