import { describe, expect, it } from '@jest/globals';

import { cell, column, type Cells } from '../src/index.js';

type Row = { readonly note?: string; readonly level: number };

const row: Row = { level: 3 };
const by = { name: 'maker', version: '2', config: { b: 1, a: [true] } };

describe('columns', () => {
  it('leave a cell absent where there is no value', () => {
    const note = column.optional(column.text<Row>('note', (from) => from.note));
    expect(note).toMatchObject({ name: 'note', type: 'text', isOptional: true });
    expect(note.cell(row)).toBeUndefined();
    expect(column.json<Row>('more', () => undefined).cell(row)).toBeUndefined();
  });

  it('write equal JSON as equal text', () => {
    expect(column.json('config', () => ({ b: 1, a: 2 })).cell(row)).toBe('{"a":2,"b":1}');
  });

  it('of a producer and a span are read back as they were', () => {
    const span = { startMs: 40, endMs: 2_000 };
    const columns = [...column.producer<Row>(() => by), ...column.span<Row>(() => span)];
    const cells: Cells = Object.fromEntries(columns.map((each) => [each.name, each.cell(row)]));
    expect(cell.producer(cells)).toEqual(by);
    expect(cell.span(cells)).toEqual(span);
  });
});

describe('cells', () => {
  const cells: Cells = { level: 3, config: '{"a":' };

  it('of another kind are named', () => {
    expect(() => cell.text(cells, 'level')).toThrow(
      'The column level should hold text, but holds number.',
    );
    expect(() => cell.number(cells, 'size')).toThrow(
      'The column size should hold a number, but holds undefined.',
    );
    expect(() => cell.json(cells, 'config')).toThrow('The column config does not hold JSON.');
  });
});
