/** Text as it stands in HTML and SVG. Characters that XML does not allow become spaces: a reader would refuse the whole picture. */
export function escapeMarkup(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
