/** Width of the network: one number for each piece that it can say, and one for everything else. */
const WIDTH = 64;
const ALIGNMENT = 32;
/** `<unk>`, `<s>`, `</s>` and the 256 bytes that other text falls apart into. */
const FIRST_PIECE = 3 + 256;
const END_OF_TEXT = 2;

/** What a small llama is to say. */
type TinyLlama = {
  /** Up to 60 different pieces of text, said one after the other whatever it is asked. */
  readonly says: readonly string[];
  /** Begins again after the last piece instead of ending. */
  readonly isEndless?: boolean;
};

/**
 * A file in the GGUF format (version 3) that holds a llama of one layer. Attention and feed-forward are zero, so that each token is chosen by the
 * one before it alone: an embedding says which piece it is, and the output matrix which piece comes next.
 */
export function tinyGguf({ says, isEndless = false }: TinyLlama): Buffer {
  const bytes = Array.from(
    { length: 256 },
    (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`,
  );
  const tokens = [
    '<unk>',
    '<s>',
    '</s>',
    ...bytes,
    ...says.map((piece) => piece.replaceAll(' ', '▁')),
  ];
  const types = tokens.map((_, at) => (at === 0 ? 2 : at < 3 ? 3 : at < FIRST_PIECE ? 6 : 1));
  const metadata: readonly (readonly [string, Buffer])[] = [
    ['general.architecture', text('llama')],
    ['general.name', text('tiny')],
    ['llama.context_length', uint32(8_192)],
    ['llama.embedding_length', uint32(WIDTH)],
    ['llama.block_count', uint32(1)],
    ['llama.feed_forward_length', uint32(WIDTH)],
    ['llama.attention.head_count', uint32(1)],
    ['llama.attention.layer_norm_rms_epsilon', float32(1e-5)],
    ['llama.rope.dimension_count', uint32(WIDTH)],
    ['tokenizer.ggml.model', text('llama')],
    ['tokenizer.ggml.tokens', array(8, tokens.map(string))],
    [
      'tokenizer.ggml.scores',
      array(
        6,
        tokens.map((_, at) => float(-at)),
      ),
    ],
    ['tokenizer.ggml.token_type', array(5, types.map(int))],
    ['tokenizer.ggml.bos_token_id', uint32(1)],
    ['tokenizer.ggml.eos_token_id', uint32(END_OF_TEXT)],
    ['tokenizer.ggml.unknown_token_id', uint32(0)],
  ];
  const embedding = matrix(tokens.length, (token) => [Math.max(0, token - FIRST_PIECE + 1)]);
  const afterLast = isEndless ? FIRST_PIECE : END_OF_TEXT;
  const output = matrix(tokens.length, (token) => [
    ...(token >= FIRST_PIECE ? [token - FIRST_PIECE] : []),
    ...(token === afterLast ? [says.length] : []),
  ]);
  const ones = new Float32Array(WIDTH).fill(1);
  const zeros = new Float32Array(WIDTH * WIDTH);
  const square = (name: string): Tensor => [`blk.0.${name}.weight`, [WIDTH, WIDTH], zeros];
  return file(metadata, [
    ['token_embd.weight', [WIDTH, tokens.length], embedding],
    ['output_norm.weight', [WIDTH], ones],
    ['output.weight', [WIDTH, tokens.length], output],
    ['blk.0.attn_norm.weight', [WIDTH], ones],
    ['blk.0.ffn_norm.weight', [WIDTH], ones],
    ...['attn_q', 'attn_k', 'attn_v', 'attn_output'].map(square),
    ...['ffn_gate', 'ffn_up', 'ffn_down'].map(square),
  ]);
}

type Tensor = readonly [name: string, shape: readonly number[], data: Float32Array];

/** A row for each token, not zero in its columns. */
function matrix(rows: number, columnsOf: (row: number) => readonly number[]): Float32Array {
  const data = new Float32Array(rows * WIDTH);
  for (let row = 0; row < rows; row += 1)
    for (const column of columnsOf(row)) data[row * WIDTH + column] = 4;
  return data;
}

function file(
  metadata: readonly (readonly [string, Buffer])[],
  tensors: readonly Tensor[],
): Buffer {
  let offset = 0;
  const described = tensors.map(([name, shape, data]) => {
    const described = [string(name), uint(shape.length), ...shape.map(long), uint(0), long(offset)];
    offset += Math.ceil(data.byteLength / ALIGNMENT) * ALIGNMENT;
    return Buffer.concat(described);
  });
  const head = Buffer.concat([
    Buffer.from('GGUF'),
    uint(3),
    long(tensors.length),
    long(metadata.length),
    ...metadata.flatMap(([name, value]) => [string(name), value]),
    ...described,
  ]);
  return Buffer.concat([
    padded(head),
    ...tensors.map(([, , data]) => padded(Buffer.from(data.buffer))),
  ]);
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((ALIGNMENT - (bytes.length % ALIGNMENT)) % ALIGNMENT)]);
}

function uint(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

function float(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}

function long(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function string(value: string): Buffer {
  const bytes = Buffer.from(value, 'utf8');
  return Buffer.concat([long(bytes.length), bytes]);
}

function text(value: string): Buffer {
  return Buffer.concat([uint(8), string(value)]);
}

function uint32(value: number): Buffer {
  return Buffer.concat([uint(4), uint(value)]);
}

function float32(value: number): Buffer {
  return Buffer.concat([uint(6), float(value)]);
}

function array(type: number, values: readonly Buffer[]): Buffer {
  return Buffer.concat([uint(9), uint(type), long(values.length), ...values]);
}
