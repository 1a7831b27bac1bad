const PART = /^[^/\\\0]+$/;

/**
 * Checks the key of an object: parts joined by `/`, none of them empty, `.` or `..`, without backslash and NUL.
 *
 * @throws TypeError so that no key from outside can name a place outside the store.
 */
export function checkKey(key: string): string {
  const parts = key.split('/');
  const isSafe = parts.every((part) => PART.test(part) && part !== '.' && part !== '..');
  if (!isSafe) throw new TypeError(`"${key}" cannot be a key: use relative parts joined by "/".`);
  return key;
}
